--@ scope user

--! add_note
--- Adds a note of the user's.
insert into notes (user_id, title, body) values (:user_id, :title, :body)
returning *;

--! get_note
--- One of the user's notes.
select * from notes
where id = :id and user_id = :user_id and deleted_at is null;

--! list_notes
--- The user's notes in one state, the newest first.
--@ page
select * from notes
where user_id = :user_id and state = :state and deleted_at is null
order by created_at desc, id;

--! set_state
--- Moves a note to another state.
update notes set state = :state
where id = :id and user_id = :user_id and deleted_at is null;

--! delete_note
--- Marks a note as deleted.
update notes set deleted_at = now()
where id = :id and user_id = :user_id and deleted_at is null;
