-- What a request to resolve uids and labels asks of PostgreSQL. Generated: npm run generate.

-- prepared as resolve_token_1
-- $1 = [1,1,1,2,2], $2 = ["uid","uid","uid","label","label"], $3 = ["04a7e942f1c8d0","vid04a7e942f1c8d0","d0c8f142e9a704","dkspiv03198","viddkspiv03198"], $4 = [false,false,true,false,false], $5 = [false,true,false,false,true], $6 = "2025-06-03T12:00:00.000Z", $7 = [7], $8 = [4,5,6,7,12,13,14,15,20,21,22,23], $9 = 4096
select concat_ws(' ', '#', coalesce(g.complete_to, g.position), ceil(date_part('epoch', greatest(clock_timestamp() - coalesce(g.caught_up_at, g.created_at), interval '0')) * 1000)::bigint, coalesce(g.stale_because, '-'), 1)
from generation g where g.number = 1 and g.state = 'live'
union all
select case when octet_length(page.document) <= $9 then page.document else '!' || octet_length(page.document) end from (
select concat_ws(' ', best.place, best.status, best.document) as document from (
select distinct on (found.place) found.place, judged.status, t.document from (
  select given.*, s.id
  from unnest($1::integer[], $2::text[], $3::text[], $4::boolean[], $5::boolean[]) given (place, kind, text, is_reversed, is_of_vid)
  cross join lateral (select s.id from token_search_1 s where split_part(s.text, ' ', 1) collate "C" = given.text
    and split_part(s.text, ' ', 1) collate "C" <> '' offset 0) s where given.kind = 'uid'
  union all
  select given.*, s.id
  from unnest($1::integer[], $2::text[], $3::text[], $4::boolean[], $5::boolean[]) given (place, kind, text, is_reversed, is_of_vid)
  cross join lateral (select s.id from token_search_1 s where split_part(s.text, ' ', 2) collate "C" = given.text
    and split_part(s.text, ' ', 2) collate "C" <> '' offset 0) s where given.kind = 'label'
) found join token_1 t using (id) cross join lateral (select case
    when t.facet <> all($8::smallint[]) then 'inactive' when t.valid_from > $6::timestamptz then 'notYetValid'
    when t.expires_at <= $6::timestamptz then 'expired' else 'usable' end as status) judged
where ($7::bigint[] is null or t.customer_id = any($7))
  and (not found.is_of_vid or t.document::json #>> array['identifier', found.kind] ilike 'vid:%')
order by found.place, found.is_reversed, array_position(array['usable', 'notYetValid', 'expired', 'inactive'], judged.status), t.id desc
) best order by best.place
) page;
