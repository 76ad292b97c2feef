-- What list requests ask of PostgreSQL. Generated: npm run generate.

-- every token, newest first
-- prepared as list_all_id_desc_token_1
-- $1 = 0, $2 = 500, $3 = [0], $4 = [0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23], $5 = 4096
select concat_ws(' ', '#', coalesce(g.complete_to, g.position), ceil(date_part('epoch', greatest(clock_timestamp() - coalesce(g.caught_up_at, g.created_at), interval '0')) * 1000)::bigint, coalesce(g.stale_because, '-'), (select coalesce(sum(place.tokens), 0)::bigint as tokens from token_count_1 place where place.customer_id = any($3) and place.facet = any($4)))
from generation g where g.number = 1 and g.state = 'live'
union all
select case when octet_length(page.document) <= $5 then page.document else '!' || octet_length(page.document) end from (
select t.document from token_1 t order by t.id desc offset $1 limit $2
) page;

-- active RFID tokens by creation
-- prepared as list_facets_createdAt_desc_token_1
-- $1 = 0, $2 = 500, $3 = [0], $4 = [4,5,6,7], $5 = 500, $6 = 4096
select concat_ws(' ', '#', coalesce(g.complete_to, g.position), ceil(date_part('epoch', greatest(clock_timestamp() - coalesce(g.caught_up_at, g.created_at), interval '0')) * 1000)::bigint, coalesce(g.stale_because, '-'), (select coalesce(sum(place.tokens), 0)::bigint as tokens from token_count_1 place where place.customer_id = any($3) and place.facet = any($4)))
from generation g where g.number = 1 and g.state = 'live'
union all
select case when octet_length(page.document) <= $6 then page.document else '!' || octet_length(page.document) end from (
select t.document from (
select * from (
select head.* from token_count_1 place cross join lateral (
  select t.id, t.created_at as sort_key from token_1 t where t.facet = place.facet order by t.created_at desc, t.id desc limit $5
) head
where place.customer_id = any($3) and place.facet = any($4) and place.tokens > 0
order by head.sort_key desc, head.id desc limit $5
) walked offset $1 limit $2
) page join token_1 t using (id)
order by page.sort_key desc, page.id desc
) page;

-- the first page of a customer
-- prepared as list_customers_whole_id_desc_token_1
-- $1 = 0, $2 = 50, $3 = [7], $4 = [0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23], $5 = 50, $6 = 4096
select concat_ws(' ', '#', coalesce(g.complete_to, g.position), ceil(date_part('epoch', greatest(clock_timestamp() - coalesce(g.caught_up_at, g.created_at), interval '0')) * 1000)::bigint, coalesce(g.stale_because, '-'), (select coalesce(sum(place.tokens), 0)::bigint as tokens from token_count_1 place where place.customer_id = any($3) and place.facet = any($4)))
from generation g where g.number = 1 and g.state = 'live'
union all
select case when octet_length(page.document) <= $6 then page.document else '!' || octet_length(page.document) end from (
select t.document from (
select * from (
select head.* from unnest($3::bigint[]) place (customer_id) cross join lateral (
  select t.id from token_1 t where t.customer_id = place.customer_id and t.customer_id > 0 order by t.id desc limit $5
) head
order by head.id desc limit $5
) walked offset $1 limit $2
) page join token_1 t using (id)
order by page.id desc
) page;

-- a customer's tokens by their last change
-- prepared as list_customers_updatedAt_desc_token_1
-- $1 = 0, $2 = 500, $3 = [7], $4 = [0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23], $5 = 500, $6 = 4096
select concat_ws(' ', '#', coalesce(g.complete_to, g.position), ceil(date_part('epoch', greatest(clock_timestamp() - coalesce(g.caught_up_at, g.created_at), interval '0')) * 1000)::bigint, coalesce(g.stale_because, '-'), (select coalesce(sum(place.tokens), 0)::bigint as tokens from token_count_1 place where place.customer_id = any($3) and place.facet = any($4)))
from generation g where g.number = 1 and g.state = 'live'
union all
select case when octet_length(page.document) <= $6 then page.document else '!' || octet_length(page.document) end from (
select t.document from (
select * from (
select head.* from token_count_1 place cross join lateral (
  select t.id, t.updated_at as sort_key from token_updated_1 t where (t.customer_id, t.facet, t.updated_at) >= (place.customer_id, place.facet, '-infinity') and (t.customer_id, t.facet, t.updated_at) <= (place.customer_id, place.facet, 'infinity') order by t.customer_id desc, t.facet desc, t.updated_at desc, t.id desc limit $5
) head
where place.customer_id = any($3) and place.facet = any($4) and place.tokens > 0
order by head.sort_key desc, head.id desc limit $5
) walked offset $1 limit $2
) page join token_1 t using (id)
order by page.sort_key desc, page.id desc
) page;

-- by expiry, never-expiring ones last
-- prepared as list_all_expiresAt_desc_token_1
-- $1 = 0, $2 = 500, $3 = [0], $4 = [0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23], $5 = 500, $6 = 4096
select concat_ws(' ', '#', coalesce(g.complete_to, g.position), ceil(date_part('epoch', greatest(clock_timestamp() - coalesce(g.caught_up_at, g.created_at), interval '0')) * 1000)::bigint, coalesce(g.stale_because, '-'), (select coalesce(sum(place.tokens), 0)::bigint as tokens from token_count_1 place where place.customer_id = any($3) and place.facet = any($4)))
from generation g where g.number = 1 and g.state = 'live'
union all
select case when octet_length(page.document) <= $6 then page.document else '!' || octet_length(page.document) end from (
select t.document from (
select * from (
select * from ((select t.id, t.expires_at as sort_key, 0 as rank from token_1 t where t.expires_at < 'infinity' order by t.expires_at desc, t.id desc limit $5)
  union all (select t.id, t.expires_at as sort_key, 1 as rank from token_1 t where t.expires_at >= 'infinity' order by t.expires_at desc, t.id desc limit $5)) stretches limit $5
) walked offset $1 limit $2
) page join token_1 t using (id)
order by page.rank asc, page.sort_key desc, page.id desc
) page;

-- far into the list of all
-- prepared as list_deep_all_id_desc_token_1
-- $1 = 400000, $2 = 50, $3 = [0], $4 = [0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23], $5 = 4096
with counted as materialized (
select tokens, is_sorted, case when is_sorted then $2::bigint else 0 end as sorted,
  not is_sorted and $1::bigint * 2 <= tokens as is_forward,
  case when not is_sorted and $1 * 2 > tokens then greatest(tokens - $1, 0) else 0 end as backward,
  greatest(tokens - $1 - $2, 0) as skipped
from (select tokens, false as is_sorted from (select coalesce(sum(place.tokens), 0)::bigint as tokens from token_count_1 place where place.customer_id = any($3) and place.facet = any($4)) all_tokens offset 0) counted)
select concat_ws(' ', '#', coalesce(g.complete_to, g.position), ceil(date_part('epoch', greatest(clock_timestamp() - coalesce(g.caught_up_at, g.created_at), interval '0')) * 1000)::bigint, coalesce(g.stale_because, '-'), (select tokens from counted))
from generation g where g.number = 1 and g.state = 'live'
union all
select case when octet_length(page.document) <= $5 then page.document else '!' || octet_length(page.document) end from (
select t.document from (
(select * from (
select t.id from token_1 t order by t.id desc limit $1::bigint + $2
) walked where (select is_forward from counted) offset $1 limit $2)
union all
(select * from (
select t.id from token_1 t order by t.id asc limit (select backward from counted)
) walked offset (select skipped from counted) limit $2)
) page join token_1 t using (id)
order by page.id desc
) page;

-- far into the active ones by expiry
-- prepared as list_deep_facets_expiresAt_desc_token_1
-- $1 = 1000, $2 = 500, $3 = [0], $4 = [4,5,6,7,12,13,14,15,20,21,22,23], $5 = 4096
with counted as materialized (
select tokens, is_sorted, case when is_sorted then $2::bigint else 0 end as sorted,
  not is_sorted and $1::bigint * 2 <= tokens as is_forward,
  case when not is_sorted and $1 * 2 > tokens then greatest(tokens - $1, 0) else 0 end as backward,
  greatest(tokens - $1 - $2, 0) as skipped
from (select tokens, false as is_sorted from (select coalesce(sum(place.tokens), 0)::bigint as tokens from token_count_1 place where place.customer_id = any($3) and place.facet = any($4)) all_tokens offset 0) counted)
select concat_ws(' ', '#', coalesce(g.complete_to, g.position), ceil(date_part('epoch', greatest(clock_timestamp() - coalesce(g.caught_up_at, g.created_at), interval '0')) * 1000)::bigint, coalesce(g.stale_because, '-'), (select tokens from counted))
from generation g where g.number = 1 and g.state = 'live'
union all
select case when octet_length(page.document) <= $5 then page.document else '!' || octet_length(page.document) end from (
select t.document from (
(select * from (
select * from ((select c.id, c.expires_at as sort_key, 0 as rank from (select t.id, t.expires_at, t.facet from token_1 t where t.expires_at < 'infinity' order by t.expires_at desc, t.id desc limit 9223372036854775807) c
  where c.facet = any($4) order by c.expires_at desc, c.id desc limit $1::bigint + $2)
  union all (select c.id, c.expires_at as sort_key, 1 as rank from (select t.id, t.expires_at, t.facet from token_1 t where t.expires_at >= 'infinity' order by t.expires_at desc, t.id desc limit 9223372036854775807) c
  where c.facet = any($4) order by c.expires_at desc, c.id desc limit $1::bigint + $2)) stretches limit $1::bigint + $2
) walked where (select is_forward from counted) offset $1 limit $2)
union all
(select * from (
select * from ((select c.id, c.expires_at as sort_key, 1 as rank from (select t.id, t.expires_at, t.facet from token_1 t where t.expires_at >= 'infinity' order by t.expires_at asc, t.id asc limit 9223372036854775807) c
  where c.facet = any($4) order by c.expires_at asc, c.id asc limit (select backward from counted))
  union all (select c.id, c.expires_at as sort_key, 0 as rank from (select t.id, t.expires_at, t.facet from token_1 t where t.expires_at < 'infinity' order by t.expires_at asc, t.id asc limit 9223372036854775807) c
  where c.facet = any($4) order by c.expires_at asc, c.id asc limit (select backward from counted))) stretches limit (select backward from counted)
) walked offset (select skipped from counted) limit $2)
) page join token_1 t using (id)
order by page.rank asc, page.sort_key desc, page.id desc
) page;

-- far into a customer's tokens
-- prepared as list_deep_customers_validFrom_desc_token_1
-- $1 = 1000, $2 = 500, $3 = [7], $4 = [0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23], $5 = 4096
with counted as materialized (
select tokens, is_sorted, case when is_sorted then $2::bigint else 0 end as sorted,
  not is_sorted and $1::bigint * 2 <= tokens as is_forward,
  case when not is_sorted and $1 * 2 > tokens then greatest(tokens - $1, 0) else 0 end as backward,
  greatest(tokens - $1 - $2, 0) as skipped
from (select tokens, false as is_sorted from (select coalesce(sum(place.tokens), 0)::bigint as tokens from token_count_1 place where place.customer_id = any($3) and place.facet = any($4)) all_tokens offset 0) counted)
select concat_ws(' ', '#', coalesce(g.complete_to, g.position), ceil(date_part('epoch', greatest(clock_timestamp() - coalesce(g.caught_up_at, g.created_at), interval '0')) * 1000)::bigint, coalesce(g.stale_because, '-'), (select tokens from counted))
from generation g where g.number = 1 and g.state = 'live'
union all
select case when octet_length(page.document) <= $5 then page.document else '!' || octet_length(page.document) end from (
select t.document from (
(select * from (
select head.* from token_count_1 place cross join lateral (
  select t.id, t.valid_from as sort_key from token_1 t where (t.customer_id, t.facet, t.valid_from) >= (place.customer_id, place.facet, '-infinity') and (t.customer_id, t.facet, t.valid_from) <= (place.customer_id, place.facet, 'infinity') order by t.customer_id desc, t.facet desc, t.valid_from desc, t.id desc limit $1::bigint + $2
) head
where place.customer_id = any($3) and place.facet = any($4) and place.tokens > 0
order by head.sort_key desc, head.id desc limit $1::bigint + $2
) walked where (select is_forward from counted) offset $1 limit $2)
union all
(select * from (
select head.* from token_count_1 place cross join lateral (
  select t.id, t.valid_from as sort_key from token_1 t where (t.customer_id, t.facet, t.valid_from) >= (place.customer_id, place.facet, '-infinity') and (t.customer_id, t.facet, t.valid_from) <= (place.customer_id, place.facet, 'infinity') order by t.customer_id asc, t.facet asc, t.valid_from asc, t.id asc limit (select backward from counted)
) head
where place.customer_id = any($3) and place.facet = any($4) and place.tokens > 0
order by head.sort_key asc, head.id asc limit (select backward from counted)
) walked offset (select skipped from counted) limit $2)
) page join token_1 t using (id)
order by page.sort_key desc, page.id desc
) page;

-- the tokens of many customers
-- prepared as list_many_whole_id_desc_token_1
-- $1 = 0, $2 = 500, $3 = [1,2,3,4,5,6,7,8,9,10,11], $4 = [0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23], $5 = 4096
with counted as materialized (
select tokens, is_sorted, case when is_sorted then $2::bigint else 0 end as sorted,
  not is_sorted and $1::bigint * 2 <= tokens as is_forward,
  case when not is_sorted and $1 * 2 > tokens then greatest(tokens - $1, 0) else 0 end as backward,
  greatest(tokens - $1 - $2, 0) as skipped
from (select tokens, false as is_sorted from (select coalesce(sum(place.tokens), 0)::bigint as tokens from token_count_1 place where place.customer_id = any($3) and place.facet = any($4)) all_tokens offset 0) counted),
ways as materialized (
select tokens::float8 * tokens > 5 * least($1 + $2, greatest(tokens - $1, 0))::float8 * (select coalesce(sum(every.tokens), 0)::float8 from token_count_1 every where every.customer_id = 0) as are_common from counted)
select concat_ws(' ', '#', coalesce(g.complete_to, g.position), ceil(date_part('epoch', greatest(clock_timestamp() - coalesce(g.caught_up_at, g.created_at), interval '0')) * 1000)::bigint, coalesce(g.stale_because, '-'), (select tokens from counted))
from generation g where g.number = 1 and g.state = 'live'
union all
select case when octet_length(page.document) <= $5 then page.document else '!' || octet_length(page.document) end from (
select t.document from (
((select * from (
select head.* from unnest($3::bigint[]) place (customer_id) cross join lateral (
  select t.id from token_1 t where t.customer_id = place.customer_id and t.customer_id > 0 order by t.id desc limit $1::bigint + $2
) head
order by head.id desc limit $1::bigint + $2
) walked where (select is_forward from counted) and (select not are_common from ways) offset $1 limit $2)
union all
(select * from (
select head.* from unnest($3::bigint[]) place (customer_id) cross join lateral (
  select t.id from token_1 t where t.customer_id = place.customer_id and t.customer_id > 0 order by t.id asc limit (select backward from counted)
) head
order by head.id asc limit (select backward from counted)
) walked where (select not are_common from ways) offset (select skipped from counted) limit $2))
union all
((select * from (
select c.id from (select t.id, t.facet, t.customer_id from token_1 t order by t.id desc limit 9223372036854775807) c
  where c.facet = any($4) and (c.customer_id in (select unnest($3::bigint[]))) is true order by c.id desc limit $1::bigint + $2
) walked where (select is_forward from counted) and (select are_common from ways) offset $1 limit $2)
union all
(select * from (
select c.id from (select t.id, t.facet, t.customer_id from token_1 t order by t.id asc limit 9223372036854775807) c
  where c.facet = any($4) and (c.customer_id in (select unnest($3::bigint[]))) is true order by c.id asc limit (select backward from counted)
) walked where (select are_common from ways) offset (select skipped from counted) limit $2))
) page join token_1 t using (id)
order by page.id desc
) page;

-- a search
-- planned for its values
-- $1 = 0, $2 = 500, $3 = "%04a7e942f1c8d0%", $4 = "d0c8f142e9a704 %", $5 = 38013, $6 = 4096
with matches as materialized (select id from token_search_1 s where (s.text like $3 or s.text like $4) limit $5),
found as materialized (select count(*) as tokens, count(*) < $5 as are_all from matches),
counted as materialized (
select tokens, is_sorted, case when is_sorted then $2::bigint else 0 end as sorted,
  not is_sorted and $1::bigint * 2 <= tokens as is_forward,
  case when not is_sorted and $1 * 2 > tokens then greatest(tokens - $1, 0) else 0 end as backward,
  greatest(tokens - $1 - $2, 0) as skipped
from (select case when are_all then tokens else (select count(*) from token_search_1 s where (s.text like $3 or s.text like $4)) end as tokens, are_all as is_sorted from found offset 0) counted)
select concat_ws(' ', '#', coalesce(g.complete_to, g.position), ceil(date_part('epoch', greatest(clock_timestamp() - coalesce(g.caught_up_at, g.created_at), interval '0')) * 1000)::bigint, coalesce(g.stale_because, '-'), (select tokens from counted))
from generation g where g.number = 1 and g.state = 'live'
union all
select case when octet_length(page.document) <= $6 then page.document else '!' || octet_length(page.document) end from (
select t.document from (
(select * from (select * from matches) sorted order by sorted.id desc offset $1 limit (select sorted from counted))
union all
(select * from (
select c.id from (select t.id from token_1 t order by t.id desc limit 9223372036854775807) c cross join lateral (select * from token_search_1 s where s.id = c.id offset 0) s
  where (s.text like $3 or s.text like $4) order by c.id desc limit $1::bigint + $2
) walked where (select is_forward from counted) offset $1 limit $2)
) page join token_1 t using (id)
order by page.id desc
) page;

-- a search by digits, within a scope
-- planned for its values
-- $1 = 0, $2 = 500, $3 = "%67890%", $4 = 67890, $5 = [7,8], $6 = [0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23], $7 = 4096
with matches as materialized (select id from (
with small as materialized (select greatest(1000, (select coalesce(sum(every.tokens), 0)::float8 from token_count_1 every where every.customer_id = 0) * 0.125)::bigint as most),
size_t as materialized (select coalesce(sum(place.tokens), 0)::bigint as tokens from token_count_1 place where place.customer_id = any($5) and place.facet = any($6)),
of_s as materialized (select s.id as id from token_search_1 s where (s.text like $3 or s.id = $4::bigint)),
size_s as materialized (select count(*) as tokens from (select from of_s limit least((select most from small), (select tokens from size_t)) + 1) ids),
smallest as materialized (select case when (select tokens from size_t) <= 1000 then 't' when least((select tokens from size_t), (select tokens from size_s)) > (select most from small) then 'none' when (select tokens from size_t) = least((select tokens from size_t), (select tokens from size_s)) then 't' when (select tokens from size_s) = least((select tokens from size_t), (select tokens from size_s)) then 's' end as source)
(select ids.id from (select t.id as id from token_1 t where t.customer_id = any($5) and t.facet = any($6) offset 0) ids cross join lateral (select * from token_search_1 s where s.id = ids.id offset 0) s where (select source = 't' from smallest) and (s.text like $3 or s.id = $4::bigint))
union all
(select ids.id from of_s ids cross join lateral (select * from token_1 t where t.id = ids.id offset 0) t where (select source = 's' from smallest) and t.customer_id = any($5) and t.facet = any($6))
union all
(select once.s as id from (select s.id as s, t.id as t from (select s.id as id from token_search_1 s where (s.text like $3 or s.id = $4::bigint)) s full join (select t.id as id from token_1 t where t.customer_id = any($5) and t.facet = any($6)) t on t.id = s.id offset 0) once where (select source = 'none' from smallest) and once.s is not null and once.t is not null)
) matching),
found as materialized (select count(*) as tokens, true as are_all from matches),
counted as materialized (
select tokens, is_sorted, case when is_sorted then $2::bigint else 0 end as sorted,
  not is_sorted and $1::bigint * 2 <= tokens as is_forward,
  case when not is_sorted and $1 * 2 > tokens then greatest(tokens - $1, 0) else 0 end as backward,
  greatest(tokens - $1 - $2, 0) as skipped
from (select case when are_all then tokens else (select count(*) from matches) end as tokens, are_all as is_sorted from found offset 0) counted)
select concat_ws(' ', '#', coalesce(g.complete_to, g.position), ceil(date_part('epoch', greatest(clock_timestamp() - coalesce(g.caught_up_at, g.created_at), interval '0')) * 1000)::bigint, coalesce(g.stale_because, '-'), (select tokens from counted))
from generation g where g.number = 1 and g.state = 'live'
union all
select case when octet_length(page.document) <= $7 then page.document else '!' || octet_length(page.document) end from (
select t.document from (
(select * from (select * from matches) sorted order by sorted.id desc offset $1 limit (select sorted from counted))
) page join token_1 t using (id)
order by page.id desc
) page;

-- expiring from an instant on
-- prepared as list_expires_facets_expiresAt_desc_token_1
-- $1 = 0, $2 = 500, $3 = "2025-06-03T12:00:00.000Z", $4 = [4,5,6,7,12,13,14,15,20,21,22,23], $5 = 38013, $6 = 4096
with matches as materialized (select t.id, t.expires_at as sort_key, (t.expires_at = 'infinity')::integer as rank from token_1 t where t.facet = any($4) and t.expires_at >= $3::timestamptz and t.expires_at < 'infinity' limit $5),
first as materialized (select count(*) as tokens from (select from matches limit 1001) first),
tried as materialized (select * from (
select c.id, c.expires_at as sort_key, 0 as rank from (select t.id, t.expires_at, t.facet from token_1 t where t.expires_at >= $3::timestamptz and t.expires_at < 'infinity' order by t.expires_at desc, t.id desc limit least(($1::bigint + $2) * 100, 20000)) c
  where c.facet = any($4) order by c.expires_at desc, c.id desc limit $1::bigint + $2
) walked where (select tokens = 1001 from first) offset 0 limit $1::bigint + $2),
found as materialized (select tokens, not is_found and tokens < $5 as are_all from (
  select case when not (select tokens = 1001 from first) then (select tokens from first) when (select count(*) = $1::bigint + $2 from tried) then $5 else (select count(*) from matches) end as tokens, (select count(*) = $1::bigint + $2 from tried) as is_found) found),
counted as materialized (
select tokens, is_sorted, case when is_sorted then $2::bigint else 0 end as sorted,
  not is_sorted and $1::bigint * 2 <= tokens as is_forward,
  case when not is_sorted and $1 * 2 > tokens then greatest(tokens - $1, 0) else 0 end as backward,
  greatest(tokens - $1 - $2, 0) as skipped
from (select case when are_all then tokens else (select count(*) from token_1 t where t.facet = any($4) and t.expires_at >= $3::timestamptz and t.expires_at < 'infinity') end as tokens, are_all as is_sorted from found offset 0) counted)
select concat_ws(' ', '#', coalesce(g.complete_to, g.position), ceil(date_part('epoch', greatest(clock_timestamp() - coalesce(g.caught_up_at, g.created_at), interval '0')) * 1000)::bigint, coalesce(g.stale_because, '-'), (select tokens from counted))
from generation g where g.number = 1 and g.state = 'live'
union all
select case when octet_length(page.document) <= $6 then page.document else '!' || octet_length(page.document) end from (
select t.document from (
(select * from (select * from matches) sorted order by sorted.rank asc, sorted.sort_key desc, sorted.id desc offset $1 limit (select sorted from counted))
union all
(select * from tried where (select count(*) = $1::bigint + $2 from tried) order by tried.rank asc, tried.sort_key desc, tried.id desc offset $1 limit $2)
union all
(select * from (
select c.id, c.expires_at as sort_key, 0 as rank from (select t.id, t.expires_at, t.facet from token_1 t where t.expires_at >= $3::timestamptz and t.expires_at < 'infinity' order by t.expires_at desc, t.id desc limit 9223372036854775807) c
  where c.facet = any($4) order by c.expires_at desc, c.id desc limit $1::bigint + $2
) walked where (select is_forward from counted) and (select not (select count(*) = $1::bigint + $2 from tried)) offset $1 limit $2)
) page join token_1 t using (id)
order by page.rank asc, page.sort_key desc, page.id desc
) page;

-- behind a cursor, by creation
-- prepared as list_all_createdAt_desc_a0_token_1
-- $1 = 0, $2 = 500, $3 = 5, $4 = "2025-06-03T12:00:00.000Z", $5 = [0], $6 = [0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23], $7 = 500, $8 = 4096
select concat_ws(' ', '#', coalesce(g.complete_to, g.position), ceil(date_part('epoch', greatest(clock_timestamp() - coalesce(g.caught_up_at, g.created_at), interval '0')) * 1000)::bigint, coalesce(g.stale_because, '-'), (select coalesce(sum(place.tokens), 0)::bigint as tokens from token_count_1 place where place.customer_id = any($5) and place.facet = any($6)))
from generation g where g.number = 1 and g.state = 'live'
union all
select case when octet_length(page.document) <= $8 then page.document else '!' || octet_length(page.document) end from (
select t.document from (
select * from (
select t.id, t.created_at as sort_key from token_1 t where (t.created_at, t.id) < ($4::timestamptz, $3::bigint) order by t.created_at desc, t.id desc limit $7
) walked offset $1 limit $2
) page join token_1 t using (id)
order by page.sort_key desc, page.id desc
) page;

-- before a cursor, a customer's by expiry
-- prepared as list_customers_expiresAt_desc_b1_token_1
-- $1 = 0, $2 = 500, $3 = 5, $4 = "infinity", $5 = [7], $6 = [0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23], $7 = 500, $8 = 4096
select concat_ws(' ', '#', coalesce(g.complete_to, g.position), ceil(date_part('epoch', greatest(clock_timestamp() - coalesce(g.caught_up_at, g.created_at), interval '0')) * 1000)::bigint, coalesce(g.stale_because, '-'), (select coalesce(sum(place.tokens), 0)::bigint as tokens from token_count_1 place where place.customer_id = any($5) and place.facet = any($6)))
from generation g where g.number = 1 and g.state = 'live'
union all
select case when octet_length(page.document) <= $8 then page.document else '!' || octet_length(page.document) end from (
select t.document from (
select * from (
select head.* from token_count_1 place cross join lateral (
  select * from ((select t.id, t.expires_at as sort_key, 1 as rank from token_1 t where (t.customer_id, t.facet, t.expires_at, t.id) > (place.customer_id, place.facet, $4::timestamptz, $3::bigint) and (t.customer_id, t.facet, t.expires_at) <= (place.customer_id, place.facet, 'infinity') order by t.customer_id asc, t.facet asc, t.expires_at asc, t.id asc limit $7)
  union all (select t.id, t.expires_at as sort_key, 0 as rank from token_1 t where (t.customer_id, t.facet, t.expires_at) >= (place.customer_id, place.facet, '-infinity') and (t.customer_id, t.facet, t.expires_at) < (place.customer_id, place.facet, 'infinity') order by t.customer_id asc, t.facet asc, t.expires_at asc, t.id asc limit $7)) stretches limit $7
) head
where place.customer_id = any($5) and place.facet = any($6) and place.tokens > 0
order by head.rank desc, head.sort_key asc, head.id asc limit $7
) walked offset $1 limit $2
) page join token_1 t using (id)
order by page.rank asc, page.sort_key desc, page.id desc
) page;

-- behind a cursor, a search
-- planned for its values
-- $1 = 0, $2 = 50, $3 = 5, $4 = "%67890%", $5 = 67890, $6 = 12021, $7 = 4096
with matches as materialized (select id from token_search_1 s where (s.text like $4 or s.id = $5::bigint) limit $6),
found as materialized (select count(*) as tokens, count(*) < $6 as are_all from matches),
counted as materialized (
select tokens, is_sorted, case when is_sorted then $2::bigint else 0 end as sorted,
  not is_sorted and $1::bigint * 2 <= tokens as is_forward,
  case when not is_sorted and $1 * 2 > tokens then greatest(tokens - $1, 0) else 0 end as backward,
  greatest(tokens - $1 - $2, 0) as skipped
from (select case when are_all then tokens else (select count(*) from token_search_1 s where (s.text like $4 or s.id = $5::bigint)) end as tokens, are_all as is_sorted from found offset 0) counted)
select concat_ws(' ', '#', coalesce(g.complete_to, g.position), ceil(date_part('epoch', greatest(clock_timestamp() - coalesce(g.caught_up_at, g.created_at), interval '0')) * 1000)::bigint, coalesce(g.stale_because, '-'), (select tokens from counted))
from generation g where g.number = 1 and g.state = 'live'
union all
select case when octet_length(page.document) <= $7 then page.document else '!' || octet_length(page.document) end from (
select t.document from (
(select * from (select * from matches) sorted where sorted.id < $3::bigint order by sorted.id desc offset $1 limit (select sorted from counted))
union all
(select * from (
select c.id from (select t.id from token_1 t where t.id < $3::bigint order by t.id desc limit 9223372036854775807) c cross join lateral (select * from token_search_1 s where s.id = c.id offset 0) s
  where (s.text like $4 or s.id = $5::bigint) order by c.id desc limit $1::bigint + $2
) walked where (select is_forward from counted) offset $1 limit $2)
) page join token_1 t using (id)
order by page.id desc
) page;

-- changed since
-- prepared as list_updated_all_updatedAt_asc_token_1
-- $1 = 0, $2 = 500, $3 = "2025-06-03T12:00:00.000Z", $4 = [0], $5 = [0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23], $6 = 38013, $7 = 4096
with matches as materialized (select u.id, u.updated_at as sort_key from token_updated_1 u where u.updated_at >= $3::timestamptz limit $6),
first as materialized (select count(*) as tokens from (select from matches limit 1001) first),
tried as materialized (select * from (
select t.id, t.updated_at as sort_key from token_updated_1 t where t.updated_at >= $3::timestamptz order by t.updated_at asc, t.id asc limit $1::bigint + $2
) walked where (select tokens = 1001 from first) offset 0 limit $1::bigint + $2),
found as materialized (select tokens, not is_found and tokens < $6 as are_all from (
  select case when not (select tokens = 1001 from first) then (select tokens from first) when (select count(*) = $1::bigint + $2 from tried) then $6 else (select count(*) from matches) end as tokens, (select count(*) = $1::bigint + $2 from tried) as is_found) found),
counted as materialized (
select tokens, is_sorted, case when is_sorted then $2::bigint else 0 end as sorted,
  not is_sorted and $1::bigint * 2 <= tokens as is_forward,
  case when not is_sorted and $1 * 2 > tokens then greatest(tokens - $1, 0) else 0 end as backward,
  greatest(tokens - $1 - $2, 0) as skipped
from (select case when are_all then tokens else (case when ((select max(u.updated_at) from token_updated_1 u) - greatest($3::timestamptz, (select min(u.updated_at) from token_updated_1 u))) * 2 > (select max(u.updated_at) from token_updated_1 u) - (select min(u.updated_at) from token_updated_1 u) then (select coalesce(sum(place.tokens), 0)::bigint as tokens from token_count_1 place where place.customer_id = any($4) and place.facet = any($5)) - (select count(*) from token_updated_1 u where u.updated_at < $3::timestamptz) else (select count(*) from token_updated_1 u where u.updated_at >= $3::timestamptz) end) end as tokens, are_all as is_sorted from found offset 0) counted)
select concat_ws(' ', '#', coalesce(g.complete_to, g.position), ceil(date_part('epoch', greatest(clock_timestamp() - coalesce(g.caught_up_at, g.created_at), interval '0')) * 1000)::bigint, coalesce(g.stale_because, '-'), (select tokens from counted))
from generation g where g.number = 1 and g.state = 'live'
union all
select case when octet_length(page.document) <= $7 then page.document else '!' || octet_length(page.document) end from (
select t.document from (
(select * from (select * from matches) sorted order by sorted.sort_key asc, sorted.id asc offset $1 limit (select sorted from counted))
union all
(select * from tried where (select count(*) = $1::bigint + $2 from tried) order by tried.sort_key asc, tried.id asc offset $1 limit $2)
union all
(select * from (
select t.id, t.updated_at as sort_key from token_updated_1 t where t.updated_at >= $3::timestamptz order by t.updated_at asc, t.id asc limit $1::bigint + $2
) walked where (select is_forward from counted) and (select not (select count(*) = $1::bigint + $2 from tried)) offset $1 limit $2)
) page join token_1 t using (id)
order by page.sort_key asc, page.id asc
) page;

-- created within a span
-- prepared as list_created_between_customers_createdAt_asc_token_1
-- $1 = 0, $2 = 500, $3 = "2025-06-03T12:00:00.000Z", $4 = "2025-06-03T13:00:00.000Z", $5 = [7], $6 = [0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23], $7 = 38013, $8 = 4096
with matches as materialized (select t.id, t.created_at as sort_key from token_count_1 place cross join lateral (
  select t.id, t.created_at, t.valid_from, t.expires_at from token_1 t where (t.customer_id, t.facet, t.created_at) >= (place.customer_id, place.facet, $3::timestamptz) and (t.customer_id, t.facet, t.created_at) < (place.customer_id, place.facet, $4::timestamptz) order by t.customer_id, t.facet, t.created_at limit (select 9223372036854775807)
) t
where place.customer_id = any($5) and place.facet = any($6) and place.tokens > 0 limit $7),
found as materialized (select count(*) as tokens, count(*) < $7 as are_all from matches),
counted as materialized (
select tokens, is_sorted, case when is_sorted then $2::bigint else 0 end as sorted,
  not is_sorted and $1::bigint * 2 <= tokens as is_forward,
  case when not is_sorted and $1 * 2 > tokens then greatest(tokens - $1, 0) else 0 end as backward,
  greatest(tokens - $1 - $2, 0) as skipped
from (select case when are_all then tokens else (select count(*) from token_count_1 place cross join lateral (
  select t.id, t.created_at, t.valid_from, t.expires_at from token_1 t where (t.customer_id, t.facet, t.created_at) >= (place.customer_id, place.facet, $3::timestamptz) and (t.customer_id, t.facet, t.created_at) < (place.customer_id, place.facet, $4::timestamptz) order by t.customer_id, t.facet, t.created_at limit (select 9223372036854775807)
) t
where place.customer_id = any($5) and place.facet = any($6) and place.tokens > 0) end as tokens, are_all as is_sorted from found offset 0) counted)
select concat_ws(' ', '#', coalesce(g.complete_to, g.position), ceil(date_part('epoch', greatest(clock_timestamp() - coalesce(g.caught_up_at, g.created_at), interval '0')) * 1000)::bigint, coalesce(g.stale_because, '-'), (select tokens from counted))
from generation g where g.number = 1 and g.state = 'live'
union all
select case when octet_length(page.document) <= $8 then page.document else '!' || octet_length(page.document) end from (
select t.document from (
(select * from (select * from matches) sorted order by sorted.sort_key asc, sorted.id asc offset $1 limit (select sorted from counted))
union all
(select * from (
select head.* from token_count_1 place cross join lateral (
  select t.id, t.created_at as sort_key from token_1 t where (t.customer_id, t.facet, t.created_at) >= (place.customer_id, place.facet, $3::timestamptz) and (t.customer_id, t.facet, t.created_at) < (place.customer_id, place.facet, $4::timestamptz) order by t.customer_id asc, t.facet asc, t.created_at asc, t.id asc limit $1::bigint + $2
) head
where place.customer_id = any($5) and place.facet = any($6) and place.tokens > 0
order by head.sort_key asc, head.id asc limit $1::bigint + $2
) walked where (select is_forward from counted) offset $1 limit $2)
) page join token_1 t using (id)
order by page.sort_key asc, page.id asc
) page;

-- usable now
-- planned for its values
-- $1 = 0, $2 = 500, $3 = "2025-06-03T12:00:00.001Z", $4 = "2025-06-03T12:00:00.001Z", $5 = [4,5,6,7,12,13,14,15,20,21,22,23], $6 = [0], $7 = 38013, $8 = 4096
with matches as materialized (select t.id from token_1 t where t.facet = any($5) and t.valid_from < $3::timestamptz and t.expires_at >= $4::timestamptz limit $7),
tried as materialized (select * from (
select c.id from (select t.id, t.facet, t.valid_from, t.expires_at from token_1 t order by t.id desc limit least(($1::bigint + $2) * 100, 20000)) c
  where c.facet = any($5) and c.valid_from < $3::timestamptz and c.expires_at >= $4::timestamptz order by c.id desc limit $1::bigint + $2
) walked offset 0 limit $1::bigint + $2),
found as materialized (select tokens, not is_found and tokens < $7 as are_all from (
  select case when (select count(*) = $1::bigint + $2 from tried) then $7 else (select count(*) from matches) end as tokens, (select count(*) = $1::bigint + $2 from tried) as is_found) found),
counted as materialized (
select tokens, is_sorted, case when is_sorted then $2::bigint else 0 end as sorted,
  not is_sorted and $1::bigint * 2 <= tokens as is_forward,
  case when not is_sorted and $1 * 2 > tokens then greatest(tokens - $1, 0) else 0 end as backward,
  greatest(tokens - $1 - $2, 0) as skipped
from (select case when are_all then tokens else (((select coalesce(sum(place.tokens), 0)::bigint as tokens from token_count_1 place where place.customer_id = any($6) and place.facet = any($5)) - (select count(*) from token_1 t where t.facet = any($5) and t.expires_at < $4::timestamptz)) - ((case when ((select max(t.valid_from) from token_1 t) - greatest($3::timestamptz, (select min(t.valid_from) from token_1 t))) * 2 > (select max(t.valid_from) from token_1 t) - (select min(t.valid_from) from token_1 t) then (select coalesce(sum(place.tokens), 0)::bigint as tokens from token_count_1 place where place.customer_id = any($6) and place.facet = any($5)) - (select count(*) from token_1 t where t.valid_from < $3::timestamptz and t.facet = any($5)) else (select count(*) from token_1 t where t.facet = any($5) and t.valid_from >= $3::timestamptz) end) - (select count(*) from token_1 t where t.facet = any($5) and t.valid_from >= $3::timestamptz and t.expires_at < $4::timestamptz))) end as tokens, are_all as is_sorted from found offset 0) counted)
select concat_ws(' ', '#', coalesce(g.complete_to, g.position), ceil(date_part('epoch', greatest(clock_timestamp() - coalesce(g.caught_up_at, g.created_at), interval '0')) * 1000)::bigint, coalesce(g.stale_because, '-'), (select tokens from counted))
from generation g where g.number = 1 and g.state = 'live'
union all
select case when octet_length(page.document) <= $8 then page.document else '!' || octet_length(page.document) end from (
select t.document from (
(select * from (select * from matches) sorted order by sorted.id desc offset $1 limit (select sorted from counted))
union all
(select * from tried where (select count(*) = $1::bigint + $2 from tried) order by tried.id desc offset $1 limit $2)
union all
(select * from (
select c.id from (select t.id, t.facet, t.valid_from, t.expires_at from token_1 t order by t.id desc limit 9223372036854775807) c
  where c.facet = any($5) and c.valid_from < $3::timestamptz and c.expires_at >= $4::timestamptz order by c.id desc limit $1::bigint + $2
) walked where (select is_forward from counted) and (select not (select count(*) = $1::bigint + $2 from tried)) offset $1 limit $2)
) page join token_1 t using (id)
order by page.id desc
) page;

-- usable now, created and changed since
-- planned for its values
-- $1 = 0, $2 = 500, $3 = "2025-06-03T12:00:00.000Z", $4 = "2025-06-03T12:00:00.000Z", $5 = "2025-06-03T12:00:00.001Z", $6 = "2025-06-03T12:00:00.001Z", $7 = [7], $8 = [4,5,6,7,12,13,14,15,20,21,22,23], $9 = 4096
with matches as materialized (select id from (
with small as materialized (select greatest(1000, (select coalesce(sum(every.tokens), 0)::float8 from token_count_1 every where every.customer_id = 0) * 0.125)::bigint as most),
size_t as materialized (select count(*) as tokens from (select t.id as id from token_count_1 place cross join lateral (
  select t.id, t.created_at, t.valid_from, t.expires_at from token_1 t where (t.customer_id, t.facet, t.created_at) >= (place.customer_id, place.facet, $3::timestamptz) and (t.customer_id, t.facet, t.created_at) <= (place.customer_id, place.facet, 'infinity') order by t.customer_id, t.facet, t.created_at limit (select 9223372036854775807)
) t
where place.customer_id = any($7) and place.facet = any($8) and place.tokens > 0 and t.valid_from < $5::timestamptz and t.expires_at >= $6::timestamptz limit least((select most from small)) + 1) ids),
size_u as materialized (select count(*) as tokens from (select u.id as id from token_count_1 place cross join lateral (
  select u.id, u.updated_at from token_updated_1 u where (u.customer_id, u.facet, u.updated_at) >= (place.customer_id, place.facet, $4::timestamptz) and (u.customer_id, u.facet, u.updated_at) <= (place.customer_id, place.facet, 'infinity') order by u.customer_id, u.facet, u.updated_at limit (select 9223372036854775807)
) u
where place.customer_id = any($7) and place.facet = any($8) and place.tokens > 0 limit least((select most from small), (select tokens from size_t)) + 1) ids),
smallest as materialized (select case when (select tokens from size_t) <= 1000 then 't' when least((select tokens from size_t), (select tokens from size_u)) > (select most from small) then 'none' when (select tokens from size_t) = least((select tokens from size_t), (select tokens from size_u)) then 't' when (select tokens from size_u) = least((select tokens from size_t), (select tokens from size_u)) then 'u' end as source)
(select ids.id from (select t.id as id from token_count_1 place cross join lateral (
  select t.id, t.created_at, t.valid_from, t.expires_at from token_1 t where (t.customer_id, t.facet, t.created_at) >= (place.customer_id, place.facet, $3::timestamptz) and (t.customer_id, t.facet, t.created_at) <= (place.customer_id, place.facet, 'infinity') order by t.customer_id, t.facet, t.created_at limit (select 9223372036854775807)
) t
where place.customer_id = any($7) and place.facet = any($8) and place.tokens > 0 and t.valid_from < $5::timestamptz and t.expires_at >= $6::timestamptz offset 0) ids cross join lateral (select * from token_updated_1 u where u.id = ids.id offset 0) u where (select source = 't' from smallest) and u.customer_id = any($7) and u.facet = any($8) and u.updated_at >= $4::timestamptz)
union all
(select ids.id from (select u.id as id from token_count_1 place cross join lateral (
  select u.id, u.updated_at from token_updated_1 u where (u.customer_id, u.facet, u.updated_at) >= (place.customer_id, place.facet, $4::timestamptz) and (u.customer_id, u.facet, u.updated_at) <= (place.customer_id, place.facet, 'infinity') order by u.customer_id, u.facet, u.updated_at limit (select 9223372036854775807)
) u
where place.customer_id = any($7) and place.facet = any($8) and place.tokens > 0 offset 0) ids cross join lateral (select * from token_1 t where t.id = ids.id offset 0) t where (select source = 'u' from smallest) and t.customer_id = any($7) and t.facet = any($8) and t.created_at >= $3::timestamptz and t.valid_from < $5::timestamptz and t.expires_at >= $6::timestamptz)
union all
(select once.t as id from (select t.id as t, u.id as u from (select unnest(array(select t.id from token_count_1 place cross join lateral (
  select t.id, t.created_at, t.valid_from, t.expires_at from token_1 t where (t.customer_id, t.facet, t.created_at) >= (place.customer_id, place.facet, $3::timestamptz) and (t.customer_id, t.facet, t.created_at) <= (place.customer_id, place.facet, 'infinity') order by t.customer_id, t.facet, t.created_at limit (select 9223372036854775807)
) t
where place.customer_id = any($7) and place.facet = any($8) and place.tokens > 0 and t.valid_from < $5::timestamptz and t.expires_at >= $6::timestamptz)) as id) t full join (select unnest(array(select u.id from token_count_1 place cross join lateral (
  select u.id, u.updated_at from token_updated_1 u where (u.customer_id, u.facet, u.updated_at) >= (place.customer_id, place.facet, $4::timestamptz) and (u.customer_id, u.facet, u.updated_at) <= (place.customer_id, place.facet, 'infinity') order by u.customer_id, u.facet, u.updated_at limit (select 9223372036854775807)
) u
where place.customer_id = any($7) and place.facet = any($8) and place.tokens > 0)) as id) u on u.id = t.id offset 0) once where (select source = 'none' from smallest) and once.t is not null and once.u is not null)
) matching),
found as materialized (select count(*) as tokens, true as are_all from matches),
counted as materialized (
select tokens, is_sorted, case when is_sorted then $2::bigint else 0 end as sorted,
  not is_sorted and $1::bigint * 2 <= tokens as is_forward,
  case when not is_sorted and $1 * 2 > tokens then greatest(tokens - $1, 0) else 0 end as backward,
  greatest(tokens - $1 - $2, 0) as skipped
from (select case when are_all then tokens else (select count(*) from matches) end as tokens, are_all as is_sorted from found offset 0) counted)
select concat_ws(' ', '#', coalesce(g.complete_to, g.position), ceil(date_part('epoch', greatest(clock_timestamp() - coalesce(g.caught_up_at, g.created_at), interval '0')) * 1000)::bigint, coalesce(g.stale_because, '-'), (select tokens from counted))
from generation g where g.number = 1 and g.state = 'live'
union all
select case when octet_length(page.document) <= $9 then page.document else '!' || octet_length(page.document) end from (
select t.document from (
(select * from (select * from matches) sorted order by sorted.id desc offset $1 limit (select sorted from counted))
) page join token_1 t using (id)
order by page.id desc
) page;

-- usable now, by expiry behind a cursor
-- planned for its values
-- $1 = 0, $2 = 500, $3 = 5, $4 = "2025-06-03T12:00:00.000Z", $5 = "2025-06-03T13:00:00.001Z", $6 = "2025-06-03T13:00:00.001Z", $7 = [4,5,6,7,12,13,14,15,20,21,22,23], $8 = [0], $9 = 38013, $10 = 4096
with matches as materialized (select t.id, t.expires_at as sort_key from token_1 t where t.facet = any($7) and t.valid_from < $5::timestamptz and t.expires_at >= $6::timestamptz limit $9),
tried as materialized (select * from (
select c.id, c.expires_at as sort_key from (select t.id, t.expires_at, t.facet, t.valid_from from token_1 t where (t.expires_at, t.id) > ($4::timestamptz, $3::bigint) order by t.expires_at asc, t.id asc limit least(($1::bigint + $2) * 100, 20000)) c
  where c.facet = any($7) and c.valid_from < $5::timestamptz and c.expires_at >= $6::timestamptz order by c.expires_at asc, c.id asc limit $1::bigint + $2
) walked offset 0 limit $1::bigint + $2),
found as materialized (select tokens, not is_found and tokens < $9 as are_all from (
  select case when (select count(*) = $1::bigint + $2 from tried) then $9 else (select count(*) from matches) end as tokens, (select count(*) = $1::bigint + $2 from tried) as is_found) found),
counted as materialized (
select tokens, is_sorted, case when is_sorted then $2::bigint else 0 end as sorted,
  not is_sorted and $1::bigint * 2 <= tokens as is_forward,
  case when not is_sorted and $1 * 2 > tokens then greatest(tokens - $1, 0) else 0 end as backward,
  greatest(tokens - $1 - $2, 0) as skipped
from (select case when are_all then tokens else (((select coalesce(sum(place.tokens), 0)::bigint as tokens from token_count_1 place where place.customer_id = any($8) and place.facet = any($7)) - (select count(*) from token_1 t where t.facet = any($7) and t.expires_at < $6::timestamptz)) - ((case when ((select max(t.valid_from) from token_1 t) - greatest($5::timestamptz, (select min(t.valid_from) from token_1 t))) * 2 > (select max(t.valid_from) from token_1 t) - (select min(t.valid_from) from token_1 t) then (select coalesce(sum(place.tokens), 0)::bigint as tokens from token_count_1 place where place.customer_id = any($8) and place.facet = any($7)) - (select count(*) from token_1 t where t.valid_from < $5::timestamptz and t.facet = any($7)) else (select count(*) from token_1 t where t.facet = any($7) and t.valid_from >= $5::timestamptz) end) - (select count(*) from token_1 t where t.facet = any($7) and t.valid_from >= $5::timestamptz and t.expires_at < $6::timestamptz))) end as tokens, are_all as is_sorted from found offset 0) counted)
select concat_ws(' ', '#', coalesce(g.complete_to, g.position), ceil(date_part('epoch', greatest(clock_timestamp() - coalesce(g.caught_up_at, g.created_at), interval '0')) * 1000)::bigint, coalesce(g.stale_because, '-'), (select tokens from counted))
from generation g where g.number = 1 and g.state = 'live'
union all
select case when octet_length(page.document) <= $10 then page.document else '!' || octet_length(page.document) end from (
select t.document from (
(select * from (select * from matches) sorted where (sorted.sort_key, sorted.id) > ($4::timestamptz, $3::bigint) order by sorted.sort_key asc, sorted.id asc offset $1 limit (select sorted from counted))
union all
(select * from tried where (select count(*) = $1::bigint + $2 from tried) order by tried.sort_key asc, tried.id asc offset $1 limit $2)
union all
(select * from (
select c.id, c.expires_at as sort_key from (select t.id, t.expires_at, t.facet, t.valid_from from token_1 t where (t.expires_at, t.id) > ($4::timestamptz, $3::bigint) order by t.expires_at asc, t.id asc limit 9223372036854775807) c
  where c.facet = any($7) and c.valid_from < $5::timestamptz and c.expires_at >= $6::timestamptz order by c.expires_at asc, c.id asc limit $1::bigint + $2
) walked where (select is_forward from counted) and (select not (select count(*) = $1::bigint + $2 from tried)) offset $1 limit $2)
) page join token_1 t using (id)
order by page.sort_key asc, page.id asc
) page;

-- expired, in a group
-- planned for its values
-- $1 = 0, $2 = 500, $3 = "2025-06-03T12:00:00.001Z", $4 = "2025-06-03T12:00:00.001Z", $5 = 5, $6 = [4,5,6,7,12,13,14,15,20,21,22,23], $7 = 4096
with matches as materialized (select id from (
with small as materialized (select greatest(1000, (select coalesce(sum(every.tokens), 0)::float8 from token_count_1 every where every.customer_id = 0) * 0.125)::bigint as most),
size_m as materialized (select count(*) as tokens from (select m.token_id as id from token_membership_1 m where m.token_group_id = $5::bigint and m.is_member and ((select d.version from token_group_deletion_1 d where d.token_group_id = $5::bigint) is null or exists (select 1 from token_membership_1 e where e.token_id = m.token_id and e.token_group_id = $5::bigint and e.version >= (select d.version from token_group_deletion_1 d where d.token_group_id = $5::bigint))) and m.version > 0 limit least((select most from small)) + 1) ids),
size_t as materialized (select count(*) as tokens from (select t.id as id from token_1 t where t.facet = any($6) and t.valid_from < $3::timestamptz and t.expires_at < $4::timestamptz limit least((select most from small), (select tokens from size_m)) + 1) ids),
smallest as materialized (select case when (select tokens from size_m) <= 1000 then 'm' when least((select tokens from size_m), (select tokens from size_t)) > (select most from small) then 'none' when (select tokens from size_m) = least((select tokens from size_m), (select tokens from size_t)) then 'm' when (select tokens from size_t) = least((select tokens from size_m), (select tokens from size_t)) then 't' end as source)
(select ids.id from (select m.token_id as id from token_membership_1 m where m.token_group_id = $5::bigint and m.is_member and ((select d.version from token_group_deletion_1 d where d.token_group_id = $5::bigint) is null or exists (select 1 from token_membership_1 e where e.token_id = m.token_id and e.token_group_id = $5::bigint and e.version >= (select d.version from token_group_deletion_1 d where d.token_group_id = $5::bigint))) and m.version > 0 offset 0) ids cross join lateral (select * from token_1 t where t.id = ids.id offset 0) t where (select source = 'm' from smallest) and t.facet = any($6) and t.valid_from < $3::timestamptz and t.expires_at < $4::timestamptz)
union all
(select ids.id from (select t.id as id from token_1 t where t.facet = any($6) and t.valid_from < $3::timestamptz and t.expires_at < $4::timestamptz offset 0) ids cross join lateral (select * from token_membership_1 m where m.token_id = ids.id and m.token_group_id = $5::bigint and m.is_member and ((select d.version from token_group_deletion_1 d where d.token_group_id = $5::bigint) is null or exists (select 1 from token_membership_1 e where e.token_id = m.token_id and e.token_group_id = $5::bigint and e.version >= (select d.version from token_group_deletion_1 d where d.token_group_id = $5::bigint))) and m.version > 0 offset 0) m where (select source = 't' from smallest))
union all
(select once.m as id from (select m.id as m, t.id as t from (select m.token_id as id from token_membership_1 m where m.token_group_id = $5::bigint and m.is_member and ((select d.version from token_group_deletion_1 d where d.token_group_id = $5::bigint) is null or exists (select 1 from token_membership_1 e where e.token_id = m.token_id and e.token_group_id = $5::bigint and e.version >= (select d.version from token_group_deletion_1 d where d.token_group_id = $5::bigint))) and m.version > 0) m full join (select t.id as id from token_1 t where t.facet = any($6) and t.valid_from < $3::timestamptz and t.expires_at < $4::timestamptz) t on t.id = m.id offset 0) once where (select source = 'none' from smallest) and once.m is not null and once.t is not null)
) matching),
found as materialized (select count(*) as tokens, true as are_all from matches),
counted as materialized (
select tokens, is_sorted, case when is_sorted then $2::bigint else 0 end as sorted,
  not is_sorted and $1::bigint * 2 <= tokens as is_forward,
  case when not is_sorted and $1 * 2 > tokens then greatest(tokens - $1, 0) else 0 end as backward,
  greatest(tokens - $1 - $2, 0) as skipped
from (select case when are_all then tokens else (select count(*) from matches) end as tokens, are_all as is_sorted from found offset 0) counted)
select concat_ws(' ', '#', coalesce(g.complete_to, g.position), ceil(date_part('epoch', greatest(clock_timestamp() - coalesce(g.caught_up_at, g.created_at), interval '0')) * 1000)::bigint, coalesce(g.stale_because, '-'), (select tokens from counted))
from generation g where g.number = 1 and g.state = 'live'
union all
select case when octet_length(page.document) <= $7 then page.document else '!' || octet_length(page.document) end from (
select t.document from (
(select * from (select * from matches) sorted order by sorted.id desc offset $1 limit (select sorted from counted))
) page join token_1 t using (id)
order by page.id desc
) page;

-- by ids, within a scope
-- planned for its values
-- $1 = 0, $2 = 500, $3 = [1,2,67890], $4 = [7,8], $5 = [0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23], $6 = 38013, $7 = 4096
with matches as materialized (select t.id from token_1 t where t.id = any($3::bigint[]) and t.customer_id = any($4) and t.facet = any($5) limit $6),
found as materialized (select count(*) as tokens, count(*) < $6 as are_all from matches),
counted as materialized (
select tokens, is_sorted, case when is_sorted then $2::bigint else 0 end as sorted,
  not is_sorted and $1::bigint * 2 <= tokens as is_forward,
  case when not is_sorted and $1 * 2 > tokens then greatest(tokens - $1, 0) else 0 end as backward,
  greatest(tokens - $1 - $2, 0) as skipped
from (select case when are_all then tokens else (select count(*) from token_1 t where t.id = any($3::bigint[]) and t.customer_id = any($4) and t.facet = any($5)) end as tokens, are_all as is_sorted from found offset 0) counted)
select concat_ws(' ', '#', coalesce(g.complete_to, g.position), ceil(date_part('epoch', greatest(clock_timestamp() - coalesce(g.caught_up_at, g.created_at), interval '0')) * 1000)::bigint, coalesce(g.stale_because, '-'), (select tokens from counted))
from generation g where g.number = 1 and g.state = 'live'
union all
select case when octet_length(page.document) <= $7 then page.document else '!' || octet_length(page.document) end from (
select t.document from (
(select * from (select * from matches) sorted order by sorted.id desc offset $1 limit (select sorted from counted))
union all
(select * from (
select head.* from unnest($4::bigint[]) place (customer_id) cross join lateral (
  select c.id from (select t.id from token_1 t where t.customer_id = place.customer_id and t.customer_id > 0 order by t.id desc limit 9223372036854775807) c
  where c.id = any($3::bigint[]) order by c.id desc limit $1::bigint + $2
) head
order by head.id desc limit $1::bigint + $2
) walked where (select is_forward from counted) offset $1 limit $2)
) page join token_1 t using (id)
order by page.id desc
) page;

-- valid from an instant on, by last change
-- prepared as list_valid_customers_updatedAt_desc_token_1
-- $1 = 0, $2 = 500, $3 = "2025-06-03T12:00:00.000Z", $4 = [7], $5 = [0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23], $6 = 38013, $7 = 4096
with matches as materialized (select id from token_count_1 place cross join lateral (
  select t.id, t.created_at, t.valid_from, t.expires_at from token_1 t where (t.customer_id, t.facet, t.valid_from) >= (place.customer_id, place.facet, $3::timestamptz) and (t.customer_id, t.facet, t.valid_from) <= (place.customer_id, place.facet, 'infinity') order by t.customer_id, t.facet, t.valid_from limit (select 9223372036854775807)
) t
where place.customer_id = any($4) and place.facet = any($5) and place.tokens > 0 limit $6),
found as materialized (select count(*) as tokens, count(*) < $6 as are_all from matches),
counted as materialized (
select tokens, is_sorted, case when is_sorted then $2::bigint else 0 end as sorted,
  not is_sorted and $1::bigint * 2 <= tokens as is_forward,
  case when not is_sorted and $1 * 2 > tokens then greatest(tokens - $1, 0) else 0 end as backward,
  greatest(tokens - $1 - $2, 0) as skipped
from (select case when are_all then tokens else (select count(*) from token_count_1 place cross join lateral (
  select t.id, t.created_at, t.valid_from, t.expires_at from token_1 t where (t.customer_id, t.facet, t.valid_from) >= (place.customer_id, place.facet, $3::timestamptz) and (t.customer_id, t.facet, t.valid_from) <= (place.customer_id, place.facet, 'infinity') order by t.customer_id, t.facet, t.valid_from limit (select 9223372036854775807)
) t
where place.customer_id = any($4) and place.facet = any($5) and place.tokens > 0) end as tokens, are_all as is_sorted from found offset 0) counted)
select concat_ws(' ', '#', coalesce(g.complete_to, g.position), ceil(date_part('epoch', greatest(clock_timestamp() - coalesce(g.caught_up_at, g.created_at), interval '0')) * 1000)::bigint, coalesce(g.stale_because, '-'), (select tokens from counted))
from generation g where g.number = 1 and g.state = 'live'
union all
select case when octet_length(page.document) <= $7 then page.document else '!' || octet_length(page.document) end from (
select t.document from (
(select * from (select k.id, k.updated_at as sort_key from matches cross join lateral (select * from token_updated_1 k where k.id = matches.id offset 0) k) sorted order by sorted.sort_key desc, sorted.id desc offset $1 limit (select sorted from counted))
union all
(select * from (
select head.* from token_count_1 place cross join lateral (
  select c.id, c.updated_at as sort_key from (select t.id, t.updated_at, t.customer_id, t.facet from token_updated_1 t where (t.customer_id, t.facet, t.updated_at) >= (place.customer_id, place.facet, '-infinity') and (t.customer_id, t.facet, t.updated_at) <= (place.customer_id, place.facet, 'infinity') order by t.customer_id desc, t.facet desc, t.updated_at desc, t.id desc limit 9223372036854775807) c cross join lateral (select * from token_1 d where d.id = c.id offset 0) d
  where d.valid_from >= $3::timestamptz order by c.customer_id desc, c.facet desc, c.updated_at desc, c.id desc limit $1::bigint + $2
) head
where place.customer_id = any($4) and place.facet = any($5) and place.tokens > 0
order by head.sort_key desc, head.id desc limit $1::bigint + $2
) walked where (select is_forward from counted) offset $1 limit $2)
) page join token_1 t using (id)
order by page.sort_key desc, page.id desc
) page;
