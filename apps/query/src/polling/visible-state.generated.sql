-- What a caller who has an answer makes us ask of PostgreSQL. Generated: npm run generate.

-- of all customers
-- prepared as state_token_1_of_all
select concat_ws(' ', '#', coalesce(g.complete_to, g.position), ceil(date_part('epoch', greatest(clock_timestamp() - coalesce(g.caught_up_at, g.created_at), interval '0')) * 1000)::bigint, coalesce(g.stale_because, '-'), concat(0, '/', concat_ws('-', concat_ws('-', g.number, g.lineage, g.turns, case when g.complete_to is not null then g.position end), coalesce(greatest((select max(u.position) from token_updated_1 u), (select max(gone.position) from token_gone_1 gone where gone.customer_id = 0)), 0))))
from generation g where g.number = 1 and g.state = 'live'
union all
select case when octet_length(page.document) <= $1 then page.document else '!' || octet_length(page.document) end from (
select t.document from token_1 t where false
) page;

-- of 2 customers
-- prepared as state_token_1_of_some
select concat_ws(' ', '#', coalesce(g.complete_to, g.position), ceil(date_part('epoch', greatest(clock_timestamp() - coalesce(g.caught_up_at, g.created_at), interval '0')) * 1000)::bigint, coalesce(g.stale_because, '-'), concat(0, '/', concat_ws('-', concat_ws('-', g.number, g.lineage, g.turns, case when g.complete_to is not null then g.position end), coalesce((select max(greatest(
  (select max(u.position) from token_updated_1 u where u.customer_id = given.customer_id),
  (select max(gone.position) from token_gone_1 gone where gone.customer_id = given.customer_id)
)) from unnest($1::bigint[]) given (customer_id)), 0))))
from generation g where g.number = 1 and g.state = 'live'
union all
select case when octet_length(page.document) <= $2 then page.document else '!' || octet_length(page.document) end from (
select t.document from token_1 t where false
) page;

-- of 11 customers
-- prepared as state_token_1_of_many
with recent_updated as materialized (
  select u.customer_id, u.position from token_updated_1 u order by u.position desc, u.turn desc, u.id desc limit 200),
recent_gone as materialized (
  select gone.customer_id, gone.position from token_gone_1 gone order by gone.position desc limit 200),
recent as materialized (select greatest((select max(r.position) from recent_updated r where (r.customer_id in (select unnest($1::bigint[]))) is true), (select max(r.position) from recent_gone r where (r.customer_id in (select unnest($1::bigint[]))) is true)) as newest,
  greatest((select case when count(*) < 200 then 0 else min(r.position) end from recent_updated r), (select case when count(*) < 200 then 0 else min(r.position) end from recent_gone r)) as since)
select concat_ws(' ', '#', coalesce(g.complete_to, g.position), ceil(date_part('epoch', greatest(clock_timestamp() - coalesce(g.caught_up_at, g.created_at), interval '0')) * 1000)::bigint, coalesce(g.stale_because, '-'), concat(0, '/', concat_ws('-', concat_ws('-', g.number, g.lineage, g.turns, case when g.complete_to is not null then g.position end), coalesce((select case when recent.newest >= recent.since then recent.newest else (select max(greatest(
  (select max(u.position) from token_updated_1 u where u.customer_id = given.customer_id),
  (select max(gone.position) from token_gone_1 gone where gone.customer_id = given.customer_id)
)) from unnest($1::bigint[]) given (customer_id)) end from recent), 0))))
from generation g where g.number = 1 and g.state = 'live'
union all
select case when octet_length(page.document) <= $2 then page.document else '!' || octet_length(page.document) end from (
select t.document from token_1 t where false
) page;

-- of many lists at once
-- prepared as states_token_1
select concat_ws(' ', '#', coalesce(g.complete_to, g.position), ceil(date_part('epoch', greatest(clock_timestamp() - coalesce(g.caught_up_at, g.created_at), interval '0')) * 1000)::bigint, coalesce(g.stale_because, '-'), concat_ws('/', concat_ws('-', g.number, g.lineage, g.turns, case when g.complete_to is not null then g.position end), coalesce(greatest((select max(u.position) from token_updated_1 u), (select max(gone.position) from token_gone_1 gone where gone.customer_id = 0)), 0), coalesce((select string_agg(concat(given.customer_id, ':', greatest(
  (select max(u.position) from token_updated_1 u where u.customer_id = given.customer_id),
  (select max(gone.position) from token_gone_1 gone where gone.customer_id = given.customer_id)
)), ',') from unnest($1::bigint[]) given (customer_id)), ''), coalesce((select string_agg(former.customer_id::text, ',') from (
  select former.customer_id from token_gone_1 gone join token_gone_1 former using (id)
  where gone.customer_id = 0 and gone.position > $2::bigint
  order by gone.position desc limit 1001
) former), '')))
from generation g where g.number = 1 and g.state = 'live'
union all
select case when octet_length(page.document) <= $3 then page.document else '!' || octet_length(page.document) end from (
select t.document from token_1 t where false
) page;
