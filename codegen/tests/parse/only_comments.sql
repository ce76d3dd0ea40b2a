-- Only comments.
-- error[no-queries] "": there is no query in any query file
/* --! q */
--@ scope creator
