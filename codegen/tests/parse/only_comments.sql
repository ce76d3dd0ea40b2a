-- Only comments.
/* --! q */
--@ scope creator
