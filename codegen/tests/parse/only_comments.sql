-- Only comments.
-- error[no-queries] "": no query file contains a query
/* --! q */
--@ scope creator
