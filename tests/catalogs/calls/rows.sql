-- 500 articles of 10 owners, 200 of them of the first owner, each with five comments.

insert into owners select 'owner-' || n, 'Owner ' || n from generate_series(1, 10) n;
insert into articles (id, owner_id, title, slug, summary, body, status, price_cents, created_at)
select
    lpad(to_hex(n), 32, '0')::uuid,
    'owner-' || case when n <= 200 then 1 else 2 + n % 9 end,
    'The title of article number ' || n,
    'the-title-of-article-number-' || n,
    case when n % 2 = 0 then 'What can be said of article number ' || n || ' in a sentence or two.' end,
    repeat('Words of article ' || n || '. ', 20),
    'published',
    case when n % 3 > 0 then n end,
    timestamptz '2026-01-01' + n * interval '1 hour'
from generate_series(1, 500) n;
insert into comments (id, article_id, author, body, created_at)
select
    lpad(to_hex(n * 10 + c), 32, '0')::uuid,
    lpad(to_hex(n), 32, '0')::uuid,
    'Reader number ' || c,
    'What reader number ' || c || ' has to say of article number ' || n,
    timestamptz '2026-02-01' + c * interval '1 minute'
from generate_series(1, 500) n, generate_series(1, 5) c;
analyze;
