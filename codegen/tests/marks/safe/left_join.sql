-- why: ON leaves deleted notes out
-- level: basic
--@ scope user

--! left_join
select l.id, n.body from links l left join notes n on n.id = l.note_id and n.user_id = l.user_id and not n.deleted where l.user_id = :user_id
;
