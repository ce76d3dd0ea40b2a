-- why: WHERE drops links of deleted notes
-- kind: value
--@ scope user

--! left_join_where
select l.id from links l left join notes n on n.id = l.note_id and n.user_id = l.user_id where l.user_id = :user_id and n.deleted is not true
;
