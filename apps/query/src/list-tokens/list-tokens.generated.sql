-- What list requests ask of PostgreSQL. Generated: npm run generate.

-- every token, newest first
-- prepared as list_all_desc_token_1
-- $1 = [0], $2 = [0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23], $3 = 0, $4 = 500
select concat_ws(' ', g.position, ceil(date_part('epoch', greatest(clock_timestamp() - coalesce(g.caught_up_at, g.created_at), interval '0')) * 1000)::bigint, coalesce(g.stale_because, '-'), (select coalesce(sum(c.tokens), 0) from token_count_1 c where c.customer_id = any($1) and c.facet = any($2)))
from generation g where g.number = 1 and g.state = 'live'
union all
select page.document from (
select t.document from token_1 t order by t.id desc offset $3 limit $4
) page;

-- active RFID tokens by creation
-- prepared as list_facets_createdAt_desc_token_1
-- $1 = [0], $2 = [4,5,6,7], $3 = 0, $4 = 500, $5 = "500"
select concat_ws(' ', g.position, ceil(date_part('epoch', greatest(clock_timestamp() - coalesce(g.caught_up_at, g.created_at), interval '0')) * 1000)::bigint, coalesce(g.stale_because, '-'), (select coalesce(sum(c.tokens), 0) from token_count_1 c where c.customer_id = any($1) and c.facet = any($2)))
from generation g where g.number = 1 and g.state = 'live'
union all
select page.document from (
select t.document from (
  select head.id, head.sort_key, head.rank
  from token_count_1 c cross join lateral (
    (select t.id, t.created_at as sort_key, 0 as rank from token_1 t where t.facet = c.facet order by t.created_at desc, t.id desc limit $5)
  ) head
  where c.customer_id = any($1) and c.facet = any($2) and c.tokens > 0
  order by head.rank, head.sort_key desc, head.id desc offset $3 limit $4
) page join token_1 t using (id)
order by page.rank, page.sort_key desc, page.id desc
) page;

-- the first page of a customer
-- prepared as list_customers_id_desc_token_1
-- $1 = [7], $2 = [0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23], $3 = 0, $4 = 50, $5 = "50"
select concat_ws(' ', g.position, ceil(date_part('epoch', greatest(clock_timestamp() - coalesce(g.caught_up_at, g.created_at), interval '0')) * 1000)::bigint, coalesce(g.stale_because, '-'), (select coalesce(sum(c.tokens), 0) from token_count_1 c where c.customer_id = any($1) and c.facet = any($2)))
from generation g where g.number = 1 and g.state = 'live'
union all
select page.document from (
select t.document from (
  select head.id, head.sort_key, head.rank
  from token_count_1 c cross join lateral (
    (select t.id, t.id as sort_key, 0 as rank from token_1 t where t.facet = c.facet and t.customer_id = c.customer_id order by t.id desc, t.id desc limit $5)
  ) head
  where c.customer_id = any($1) and c.facet = any($2) and c.tokens > 0
  order by head.rank, head.sort_key desc, head.id desc offset $3 limit $4
) page join token_1 t using (id)
order by page.rank, page.sort_key desc, page.id desc
) page;

-- a customer's tokens by their last change
-- prepared as list_customers_updatedAt_desc_token_1
-- $1 = [7], $2 = [0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23], $3 = 0, $4 = 500, $5 = "500"
select concat_ws(' ', g.position, ceil(date_part('epoch', greatest(clock_timestamp() - coalesce(g.caught_up_at, g.created_at), interval '0')) * 1000)::bigint, coalesce(g.stale_because, '-'), (select coalesce(sum(c.tokens), 0) from token_count_1 c where c.customer_id = any($1) and c.facet = any($2)))
from generation g where g.number = 1 and g.state = 'live'
union all
select page.document from (
select t.document from (
  select head.id, head.sort_key, head.rank
  from token_count_1 c cross join lateral (
    (select t.id, t.updated_at as sort_key, 0 as rank from token_updated_1 t where t.facet = c.facet and t.customer_id = c.customer_id order by t.updated_at desc, t.id desc limit $5)
  ) head
  where c.customer_id = any($1) and c.facet = any($2) and c.tokens > 0
  order by head.rank, head.sort_key desc, head.id desc offset $3 limit $4
) page join token_1 t using (id)
order by page.rank, page.sort_key desc, page.id desc
) page;

-- by expiry, never-expiring ones last
-- prepared as list_facets_expiresAt_desc_token_1
-- $1 = [0], $2 = [0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23], $3 = 0, $4 = 500, $5 = "500"
select concat_ws(' ', g.position, ceil(date_part('epoch', greatest(clock_timestamp() - coalesce(g.caught_up_at, g.created_at), interval '0')) * 1000)::bigint, coalesce(g.stale_because, '-'), (select coalesce(sum(c.tokens), 0) from token_count_1 c where c.customer_id = any($1) and c.facet = any($2)))
from generation g where g.number = 1 and g.state = 'live'
union all
select page.document from (
select t.document from (
  select head.id, head.sort_key, head.rank
  from token_count_1 c cross join lateral (
    (select t.id, t.expires_at as sort_key, 0 as rank from token_1 t where t.facet = c.facet and t.expires_at < 'infinity' order by t.expires_at desc, t.id desc limit $5)
    union all (select t.id, t.expires_at as sort_key, 1 as rank from token_1 t where t.facet = c.facet and t.expires_at = 'infinity' order by t.expires_at desc, t.id desc limit $5)
  ) head
  where c.customer_id = any($1) and c.facet = any($2) and c.tokens > 0
  order by head.rank, head.sort_key desc, head.id desc offset $3 limit $4
) page join token_1 t using (id)
order by page.rank, page.sort_key desc, page.id desc
) page;

-- a search
-- planned for its values
-- $1 = "%04a7e942f1c8d0%", $2 = "d0c8f142e9a704 %", $3 = 0, $4 = 500
select concat_ws(' ', g.position, ceil(date_part('epoch', greatest(clock_timestamp() - coalesce(g.caught_up_at, g.created_at), interval '0')) * 1000)::bigint, coalesce(g.stale_because, '-'), (select count(*) from token_1 t where t.id in (select s.id from token_search_1 s where s.text like $1 or s.text like $2)))
from generation g where g.number = 1 and g.state = 'live'
union all
select page.document from (
select t.document from token_1 t
where t.id in (select s.id from token_search_1 s where s.text like $1 or s.text like $2)
order by t.id desc, t.id desc offset $3 limit $4
) page;

-- a search by digits, within a scope
-- planned for its values
-- $1 = [7,8], $2 = "%67890%", $3 = 67890, $4 = 0, $5 = 500
select concat_ws(' ', g.position, ceil(date_part('epoch', greatest(clock_timestamp() - coalesce(g.caught_up_at, g.created_at), interval '0')) * 1000)::bigint, coalesce(g.stale_because, '-'), (select count(*) from token_1 t where t.customer_id = any($1) and t.id in (select s.id from token_search_1 s where s.text like $2 union select $3::bigint)))
from generation g where g.number = 1 and g.state = 'live'
union all
select page.document from (
select t.document from token_1 t
where t.customer_id = any($1) and t.id in (select s.id from token_search_1 s where s.text like $2 union select $3::bigint)
order by t.id desc, t.id desc offset $4 limit $5
) page;

-- expiring from an instant on
-- planned for its values
-- $1 = [4,5,6,7,12,13,14,15,20,21,22,23], $2 = "2025-06-03T12:00:00.000Z", $3 = 0, $4 = 500
select concat_ws(' ', g.position, ceil(date_part('epoch', greatest(clock_timestamp() - coalesce(g.caught_up_at, g.created_at), interval '0')) * 1000)::bigint, coalesce(g.stale_because, '-'), (select count(*) from token_1 t where t.facet = any($1) and t.expires_at >= $2 and t.expires_at < 'infinity'))
from generation g where g.number = 1 and g.state = 'live'
union all
select page.document from (
select t.document from token_1 t
where t.facet = any($1) and t.expires_at >= $2 and t.expires_at < 'infinity'
order by t.expires_at = 'infinity', t.expires_at desc, t.id desc offset $3 limit $4
) page;

-- valid from an instant on, by last change
-- planned for its values
-- $1 = [7], $2 = "2025-06-03T12:00:00.000Z", $3 = 0, $4 = 500
select concat_ws(' ', g.position, ceil(date_part('epoch', greatest(clock_timestamp() - coalesce(g.caught_up_at, g.created_at), interval '0')) * 1000)::bigint, coalesce(g.stale_because, '-'), (select count(*) from token_1 t where t.customer_id = any($1) and t.valid_from >= $2))
from generation g where g.number = 1 and g.state = 'live'
union all
select page.document from (
select t.document from token_1 t join token_updated_1 u using (id)
where t.customer_id = any($1) and t.valid_from >= $2
order by u.updated_at desc, t.id desc offset $3 limit $4
) page;
