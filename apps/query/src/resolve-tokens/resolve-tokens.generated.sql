-- What a request to resolve uids and labels asks of PostgreSQL. Generated: npm run generate.

-- prepared as resolve_token_1
-- $1 = ["uid","uid","uid","label","label"], $2 = ["04a7e942f1c8d0","vid04a7e942f1c8d0","d0c8f142e9a704","dkspiv03198","viddkspiv03198"], $3 = [false,true,false,false,true], $4 = [1,1,1,2,2], $5 = [1,2,3,4,5], $6 = [false,false,true,false,false], $7 = "2025-06-03T12:00:00.000Z", $8 = [7], $9 = [4,5,6,7,12,13,14,15,20,21,22,23], $10 = 4096
with found as materialized (
  select array_agg(coalesce(usable.id, best.id, 0) order by given.number) as ids,
    array_agg(case when usable.id is null then coalesce(best.rank, 0) else 1 end order by given.number) as ranks
  from unnest($1::text[], $2::text[], $3::boolean[]) with ordinality given (kind, text, is_of_vid, number)
  left join lateral (
    select s.id from (
      (select s.id from token_search_1 s where given.kind = 'uid' and split_part(s.text, ' ', 1) collate "C" = given.text and split_part(s.text, ' ', 1) collate "C" <> ''
        order by s.id desc offset 0)
      union all
      (select s.id from token_search_1 s where given.kind = 'label' and split_part(s.text, ' ', 2) collate "C" = given.text and split_part(s.text, ' ', 2) collate "C" <> ''
        order by s.id desc offset 0)
    ) s cross join lateral (select case
        when t.facet <> all($9::smallint[]) then 4 when t.valid_from > $7::timestamptz then 2
        when t.expires_at <= $7::timestamptz then 3 else 1 end as rank
      from token_1 t where t.id = s.id and ($8::bigint[] is null or t.customer_id = any($8))
        and (not given.is_of_vid or t.document::json #>> array['identifier', given.kind] ilike 'vid:%') offset 0) judged where judged.rank = 1
    order by s.id desc limit 1
  ) usable on true
  left join lateral (
    select s.id, judged.rank from (
      (select s.id from token_search_1 s where given.kind = 'uid' and split_part(s.text, ' ', 1) collate "C" = given.text and split_part(s.text, ' ', 1) collate "C" <> ''
        order by s.id desc offset 0)
      union all
      (select s.id from token_search_1 s where given.kind = 'label' and split_part(s.text, ' ', 2) collate "C" = given.text and split_part(s.text, ' ', 2) collate "C" <> ''
        order by s.id desc offset 0)
    ) s cross join lateral (select case
        when t.facet <> all($9::smallint[]) then 4 when t.valid_from > $7::timestamptz then 2
        when t.expires_at <= $7::timestamptz then 3 else 1 end as rank
      from token_1 t where t.id = s.id and ($8::bigint[] is null or t.customer_id = any($8))
        and (not given.is_of_vid or t.document::json #>> array['identifier', given.kind] ilike 'vid:%') offset 0) judged where usable.id is null
    order by judged.rank, s.id desc limit 1
  ) best on true
)
select concat_ws(' ', '#', coalesce(g.complete_to, g.position), ceil(date_part('epoch', greatest(clock_timestamp() - coalesce(g.caught_up_at, g.created_at), interval '0')) * 1000)::bigint, coalesce(g.stale_because, '-'), 1)
from generation g where g.number = 1 and g.state = 'live'
union all
select case when octet_length(page.document) <= $10 then page.document else '!' || octet_length(page.document) end from (
select concat_ws(' ', best.place, (array['usable', 'notYetValid', 'expired', 'inactive'])[best.rank], t.document) as document from (
  select distinct on (asked.place) asked.place, found.ids[asked.number] as id, found.ranks[asked.number] as rank
  from found cross join unnest($4::integer[], $5::integer[], $6::boolean[]) asked (place, number, is_reversed)
  where found.ids[asked.number] > 0
  order by asked.place, asked.is_reversed, found.ranks[asked.number], found.ids[asked.number] desc
) best join token_1 t using (id) order by best.place
) page;
