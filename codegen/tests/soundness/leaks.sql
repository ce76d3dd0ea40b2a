-- creator: soft-delete
select id as c1, title as c2 from content where creator_id = :creator_id;
-- creator: tenant-scope
select id as c1 from media where deleted_at is null and title <> :creator_id;
-- creator: soft-delete
select c.id as c1, m.title as c2 from content c left join media m on m.id = c.media_id and m.creator_id = :creator_id
where c.creator_id = :creator_id and c.deleted_at is null and m.deleted_at is null;
-- organization: tenant-scope
select count(*) as c1 from comments where deleted_at is null and author_id is not null
and (select count(*) from settings where organization_id = :organization_id) >= 0;
-- creator: tenant-write
insert into drafts (id, creator_id, title) values (1001, 'u2', :creator_id);
-- creator: tenant-write
update drafts set creator_id = 'u2' where creator_id = :creator_id;
-- creator: foreign-reference
insert into folders (id, creator_id, parent_id, name) values (1001, :creator_id, :p1, 'a');
-- creator: physical-delete
delete from notes n where deleted_at is null
and exists (select from collections c where c.id = n.collection_id and c.creator_id = :creator_id);
-- creator: tenant-scope
update folders set name = 'z' where deleted_at is null and name = :creator_id or id = :p1;
-- creator: soft-delete
select id as c1 from media where creator_id = :creator_id for update;
-- public: tenant-scope
select email as c1 from users;
-- public: tenant-scope
select u::text as c1 from users u;
-- creator: tenant-scope
select case when v.t = :creator_id then max((select max(x.title) from content x where x.creator_id = v.t and x.deleted_at is null)) over () end as c1
from (values (:creator_id), ('u2'), ('u3')) v (t);
-- creator: tenant-scope
select case when bool_or(v.t = :creator_id) then max((select max(x.title) from content x where x.creator_id = v.t and x.deleted_at is null)) end as c1
from (values (:creator_id), ('u2'), ('u3')) v (t);
-- creator: tenant-scope
select p.title as c1 from all_content() with ordinality p where p.ordinality <= 2 and p.creator_id = :creator_id and p.deleted_at is null;
-- creator: tenant-scope
select c.title as c1 from cheap_content(p_creator => 'u2') c where c.title <> :creator_id;
-- creator: tenant-scope
select i.id as c1 from initials() i where i.initial::text = left(:creator_id, 1);
-- creator: tenant-scope
select b.id as c1 from badges b where b.padded = :creator_id::char(3) and b.deleted_at is null;
-- creator: tenant-scope
select b.id as c1 from badges b where b.caseless = :creator_id and b.deleted_at is null;
-- creator: foreign-reference
update events set media_id = :p1 where creator_id = :creator_id;
-- creator: foreign-reference
update content set media_id = coalesce((select m.id from media m where m.id = 99 and m.creator_id = :creator_id and m.deleted_at is null), :p1)
where creator_id = :creator_id and deleted_at is null;
-- creator: tenant-write
insert into media (id, creator_id, title) values (1001, coalesce((select u.id from users u where u.id = :creator_id and u.name = 'z'), 'u2'), 'a');
-- viewer: tenant-scope
select c.id as c1 from content c where c.status in ('published', 'active', 'draft') and c.deleted_at is null and c.title <> :viewer_id;
-- creator: tenant-scope
select count(d.title) as c1 from plans p left join content c on c.creator_id = :creator_id and c.deleted_at is null
left join content d on d.deleted_at is null and d.creator_id is not distinct from c.slug;
-- creator: tenant-scope
select sum(c.price) filter (where c.creator_id = :creator_id and c.deleted_at is null) - count(*) as c1 from content c where c.deleted_at is null;

-- creator: opaque
select m.id as c1 from media m where m.creator_id = :creator_id and m.deleted_at is null and array[row(m.title)::odd] = array[row('b')::odd];

-- creator: opaque
select row(m.title)::odd as c1 from media m where m.creator_id = :creator_id and m.deleted_at is null union select row('b')::odd;

-- creator: opaque
select to_jsonb(array[mood 'good']) #>> '{0}' as c1 from media m where m.creator_id = :creator_id and m.deleted_at is null;

-- creator: opaque
select '' || mood 'good' as c1 from media m where m.creator_id = :creator_id and m.deleted_at is null;

-- creator: opaque
select mood_of(m.title) as c1 from media m where m.creator_id = :creator_id and m.deleted_at is null;

-- creator grants team as lead: grant
select m.team_id from team_members m where m.team_id = :p1 and m.user_id = :creator_id and m.until is null;

-- creator grants team as early: grant
with beside as (delete from passes p where p.creator_id = :creator_id returning 1)
select m.team_id from team_members m
where m.team_id = :p1 and m.user_id = :creator_id and m.until is null and m.since is null;

-- creator grants team as high: grant
with beside as (update passes p set grade = 0 where p.creator_id = :creator_id returning 1)
select m.team_id from team_members m
where m.team_id = :p1 and m.user_id = :creator_id and m.until is null and m.grade > 1;

-- creator grants team as lead: grant
with beside as (update members_low m set rank = 'guest' where m.user_id = :creator_id returning 1)
select m.team_id from team_members m
where m.team_id = :p1 and m.user_id = :creator_id and m.until is null and m.rank = 'lead';

-- creator grants team as kept: grant
insert into team_members (team_id, user_id, rank, pass_id, grade, until)
select t.team_id, :creator_id, 'lead', p.id, p.grade, null from team_members t, passes p
where t.user_id = :creator_id and t.team_id = :p1 and p.creator_id = :creator_id
on conflict (team_id, user_id) do update set ended = timestamptz '2020-01-01' where team_members.user_id = :creator_id
returning team_id;
-- creator: foreign-reference
insert into covers (id, creator_id, content_id) select 1000 + s.id, s.creator_id, s.content_id from shelves s
where s.creator_id = :creator_id;
-- creator: foreign-reference
update covers c set content_id = s.content_id from shelves s where s.creator_id = :creator_id and c.creator_id = s.creator_id;
