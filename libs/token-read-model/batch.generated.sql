-- What a batch of events asks of PostgreSQL, between begin and commit. Generated: npm run generate.

-- prepared as renew_lease
update projector_lease set expires_at = clock_timestamp() + $4 * interval '1 millisecond' where projection = $1 and holder = $2 and epoch = $3;

-- prepared as load_members_token_1
select given.token_group_id, m.token_id from unnest($1::bigint[]) given (token_group_id) cross join lateral (
  select o.token_id from token_membership_1 o where (o.token_group_id, o.token_id) > (given.token_group_id, 0) and (o.token_group_id, o.token_id) < (given.token_group_id + 1, 0) and o.version > 0 limit $2
) m;

-- prepared as load_tokens_token_1
select id, version, customer_id, facet, to_char(own_updated_at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), null from token_1 where id = any($1::bigint[]);

-- prepared as load_whole_tokens_token_1
select id, version, customer_id, facet, to_char(own_updated_at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), document from token_1 where id = any($1::bigint[]);

-- prepared as load_erasures_token_1
select id, version from token_erasure_1 where id = any($1::bigint[]);

-- prepared as load_pairs_token_1
select m.token_id, m.token_group_id, m.version, m.is_member, to_char(m.time at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), d.version, to_char(d.time at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')
from token_membership_1 m left join token_group_deletion_1 d using (token_group_id)
where m.token_id = any($1::bigint[]) limit $2;

-- prepared as count_pairs_token_1
select token_id, count(*) from token_membership_1 where token_id = any($1::bigint[]) group by token_id;

-- prepared as load_deletions_token_1
select token_group_id, version, to_char(time at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') from token_group_deletion_1 where token_group_id = any($1::bigint[]);

-- prepared as save_tokens_token_1
insert into token_1 as t (id, version, customer_id, facet, created_at, valid_from, expires_at, own_updated_at, document)
select * from unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::smallint[], $5::timestamptz[], $6::timestamptz[], $7::timestamptz[], $8::timestamptz[], $9::text[])
on conflict (id) do update set
  version = excluded.version, customer_id = excluded.customer_id, facet = excluded.facet, created_at = excluded.created_at,
  valid_from = excluded.valid_from, expires_at = excluded.expires_at, own_updated_at = excluded.own_updated_at, document = excluded.document
where excluded.version >= t.version;

-- prepared as save_updated_token_1
insert into token_updated_1 (id, customer_id, facet, updated_at, position, turn)
select * from unnest($1::bigint[], $2::bigint[], $3::smallint[], $4::timestamptz[], $5::bigint[], $6::bigint[])
on conflict (id) do update set
  customer_id = excluded.customer_id, facet = excluded.facet, updated_at = excluded.updated_at,
  position = excluded.position, turn = excluded.turn;

-- prepared as save_search_token_1
insert into token_search_1 (id, facet, text, app_user_id)
select given.* from (
  select id, facet, text, nullif(app_user_id, 0) as app_user_id
  from unnest($1::bigint[], $2::smallint[], $3::text[], $4::bigint[]) given (id, facet, text, app_user_id)
) given left join token_search_1 known using (id)
where (known.facet, known.text, known.app_user_id) is distinct from (given.facet, given.text, given.app_user_id)
on conflict (id) do update set facet = excluded.facet, text = excluded.text, app_user_id = excluded.app_user_id;

-- prepared as remove_token_1_token_1
delete from token_1 where id = any($1::bigint[]);

-- prepared as remove_token_updated_1_token_1
delete from token_updated_1 where id = any($1::bigint[]);

-- prepared as remove_token_search_1_token_1
delete from token_search_1 where id = any($1::bigint[]);

-- prepared as save_erasures_token_1
insert into token_erasure_1 (id, version) select * from unnest($1::bigint[], $2::bigint[])
on conflict (id) do update set version = excluded.version;

-- prepared as remove_gone_token_1
delete from token_gone_1 g using unnest($1::bigint[], $2::bigint[]) given (customer_id, id)
where g.id = given.id and g.customer_id = given.customer_id;

-- prepared as save_gone_token_1
with given as (
  select * from unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[]) given (customer_id, id, position, turn)
)
insert into token_gone_1 (customer_id, id, position, turn)
select customer_id, id, position, turn from given
union
select former.customer_id, id, given.position, given.turn from given join token_gone_1 former using (id) where given.customer_id = 0
on conflict (id, customer_id) do update set position = excluded.position, turn = excluded.turn;

-- prepared as save_memberships_token_1
insert into token_membership_1 (token_id, token_group_id, version, is_member, time)
select * from unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::boolean[], $5::timestamptz[])
on conflict (token_id, token_group_id) do update set version = excluded.version, is_member = excluded.is_member, time = excluded.time;

-- prepared as save_deletions_token_1
insert into token_group_deletion_1 (token_group_id, version, time) select * from unnest($1::bigint[], $2::bigint[], $3::timestamptz[])
on conflict (token_group_id) do update set version = excluded.version, time = excluded.time;

-- prepared as save_counts_token_1
insert into token_count_1 as c (customer_id, facet, tokens) select * from unnest($1::bigint[], $2::smallint[], $3::bigint[])
on conflict (customer_id, facet) do update set tokens = c.tokens + excluded.tokens;

-- prepared as record_deferred
with recorded as (
  insert into deferred_work as d (generation, item, complete_to)
  select $1, * from unnest($2::bigint[], $3::bigint[])
  on conflict (generation, item) do update
  set again_to = case when d.last_done > 0 then least(d.again_to, excluded.complete_to) else d.again_to end,
    complete_to = least(d.complete_to, excluded.complete_to)
  returning d.complete_to
)
update generation set complete_to = least(complete_to, (select min(recorded.complete_to) from recorded)) where number = $1;

-- prepared as park
insert into dead_letter (projection, stream, stream_created, sequence, subject, headers, payload, reason, digest)
select $10, $1, case when known.id is null then $2::text else $2::text || '#' || given.digest end, given.sequence, given.subject, given.headers, given.payload, given.reason, given.digest
from unnest($3::bigint[], $4::text[], $5::text[], $6::bytea[], $7::text[], $8::text[], $9::timestamptz[])
  given (sequence, subject, headers, payload, reason, digest, stored_at)
left join lateral (
  select letter.id, letter.digest, letter.subject, letter.first_seen_at from dead_letter letter
  where letter.projection = $10 and letter.stream = $1 and letter.stream_created = $2 and letter.sequence = given.sequence offset 0
) known on true
where known.id is null or not (known.digest = given.digest or (known.digest = '' and known.subject = given.subject and given.stored_at < known.first_seen_at + interval '1 minute'))
on conflict do nothing;

-- prepared as move_position
update generation g set stream = $4, stream_created = $5, position = $6, position_fingerprint = $7, gap_after = $9, gap_until = $10, subject_limit = $11,
  event_forms = coalesce($12, g.event_forms), complete_to = deferred.complete_to, caught_up_at = case when deferred.complete_to is null
    then coalesce(now() - $8::float8 * interval '1 millisecond', g.caught_up_at) else g.caught_up_at end
from (select min(d.complete_to) as complete_to from deferred_work d where d.generation = $1) deferred
where number = $1 and stream_created is not distinct from $2 and position = $3;
