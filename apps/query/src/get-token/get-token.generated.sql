-- What a request for one token asks of PostgreSQL, over NATS and over HTTP. Generated: npm run generate.

-- prepared as get_token_1
select concat_ws(' ', '#', coalesce(g.complete_to, g.position), ceil(date_part('epoch', greatest(clock_timestamp() - coalesce(g.caught_up_at, g.created_at), interval '0')) * 1000)::bigint, coalesce(g.stale_because, '-'), 1)
from generation g where g.number = 1 and g.state = 'live'
union all
select case when octet_length(page.document) <= $3 then page.document else '!' || octet_length(page.document) end from (
select t.document from token_1 t where t.id = $1 and ($2::bigint[] is null or t.customer_id = any($2))
) page;

-- prepared as get_token_1_tagged
select concat_ws(' ', '#', coalesce(g.complete_to, g.position), ceil(date_part('epoch', greatest(clock_timestamp() - coalesce(g.caught_up_at, g.created_at), interval '0')) * 1000)::bigint, coalesce(g.stale_because, '-'), concat(1, '/', concat_ws('-', g.number, g.lineage, (select concat_ws('-', u.position, u.turn) from token_updated_1 u where u.id = $1))))
from generation g where g.number = 1 and g.state = 'live'
union all
select case when octet_length(page.document) <= $3 then page.document else '!' || octet_length(page.document) end from (
select t.document from token_1 t where t.id = $1 and ($2::bigint[] is null or t.customer_id = any($2))
) page;
