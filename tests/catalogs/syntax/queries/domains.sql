--@ scope system: "a catalog without tenants"

--! set_email (email?)
update authors set email = :email where id = :id;

--! author_emails : (email?)
select name, email from authors where email = :email::text;

--! add_pages
update books set pages = pages + :pages::integer where id = :id;

--! page_counts
select id, pages from books where pages > :least;

--! insert_emails
insert into everything_array (email_) values (:emails);
