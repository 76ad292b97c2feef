-- The schema a fresh database has after the migrations. Generated: npm run generate.

create table dead_letter (
  id bigint not null generated always as identity,
  stream text not null,
  stream_created text not null,
  sequence bigint not null,
  subject text not null,
  headers text not null,
  payload bytea not null,
  reason text not null,
  first_seen_at timestamp with time zone not null default now(),
  resolution text,
  resolved_at timestamp with time zone,
  digest text not null default ''::text,
  projection text not null default 'tokens'::text,
  constraint dead_letter_pkey PRIMARY KEY (id),
  constraint dead_letter_resolution_check CHECK ((resolution = ANY (ARRAY['replayed'::text, 'discarded'::text])))
);
CREATE UNIQUE INDEX dead_letter_message ON public.dead_letter USING btree (stream, stream_created, sequence);
CREATE UNIQUE INDEX dead_letter_of_projection ON public.dead_letter USING btree (projection, stream, stream_created, sequence);
CREATE INDEX dead_letter_replayed ON public.dead_letter USING btree (resolved_at, id) WHERE ((resolution = 'replayed'::text) AND (payload <> '\x'::bytea));

create table deferred_work (
  generation integer not null,
  item bigint not null,
  complete_to bigint not null,
  last_done bigint not null default 0,
  rows_done bigint not null default 0,
  again_to bigint,
  constraint deferred_work_generation_fkey FOREIGN KEY (generation) REFERENCES generation(number) ON DELETE CASCADE,
  constraint deferred_work_pkey PRIMARY KEY (generation, item)
) with (fillfactor=10);

create table finished_job (
  id bigint not null generated always as identity,
  status jsonb not null,
  finished_at timestamp with time zone not null default clock_timestamp(),
  projection text not null default 'tokens'::text,
  constraint finished_job_pkey PRIMARY KEY (id)
);

create table generation (
  number integer not null,
  state text not null,
  schema_version integer not null,
  created_at timestamp with time zone not null default now(),
  stream text,
  stream_created text,
  "position" bigint not null default 0,
  position_fingerprint text,
  caught_up_at timestamp with time zone,
  stale_because text,
  job jsonb,
  retired_at timestamp with time zone,
  readable_since integer not null default 1,
  complete_to bigint,
  gap_after bigint,
  gap_until bigint,
  projection text not null default 'tokens'::text,
  tables text[],
  rolled_back_from integer,
  lineage uuid not null default gen_random_uuid(),
  turns integer not null default 0,
  source_doubts text[],
  source_doubts_at bigint,
  subject_limit bigint,
  event_forms text[],
  constraint generation_pkey PRIMARY KEY (number),
  constraint generation_state_check CHECK ((state = ANY (ARRAY['live'::text, 'building'::text, 'previous'::text])))
) with (fillfactor=10);
CREATE UNIQUE INDEX generation_live ON public.generation USING btree (projection) WHERE (state = 'live'::text);

create table migration (
  id integer not null default nextval('migration_id_seq'::regclass),
  "timestamp" bigint not null,
  name character varying not null,
  constraint "PK_3043fc6b8af7c99b8b98830094f" PRIMARY KEY (id)
);

create table projector_lease (
  one_row boolean not null default true,
  holder text,
  epoch bigint not null default 0,
  expires_at timestamp with time zone not null default '-infinity'::timestamp with time zone,
  projection text not null default 'tokens'::text,
  schema_version integer,
  database text,
  constraint projector_lease_pkey PRIMARY KEY (projection)
) with (fillfactor=10);

create table reader_key (
  key bytea not null
);

create table token_1 (
  id bigint not null,
  version bigint not null,
  customer_id bigint not null,
  facet smallint not null,
  created_at timestamp with time zone not null,
  valid_from timestamp with time zone not null,
  expires_at timestamp with time zone not null,
  own_updated_at timestamp with time zone not null,
  document text not null,
  constraint token_1_pkey PRIMARY KEY (id) INCLUDE (facet)
) with (fillfactor=85);
CREATE INDEX token_1_all_created_at ON public.token_1 USING btree (created_at, id) INCLUDE (facet);
CREATE INDEX token_1_all_expires_at ON public.token_1 USING btree (expires_at, id) INCLUDE (facet);
CREATE INDEX token_1_all_valid_from ON public.token_1 USING btree (valid_from, id) INCLUDE (facet);
CREATE INDEX token_1_created_at ON public.token_1 USING btree (facet, created_at, id);
CREATE INDEX token_1_customer_all_id ON public.token_1 USING btree (customer_id, id) WHERE (customer_id > 0);
CREATE INDEX token_1_customer_created_at ON public.token_1 USING btree (customer_id, facet, created_at, id);
CREATE INDEX token_1_customer_expires_at ON public.token_1 USING btree (customer_id, facet, expires_at, id);
CREATE INDEX token_1_customer_id ON public.token_1 USING btree (customer_id, facet, id);
CREATE INDEX token_1_customer_valid_from ON public.token_1 USING btree (customer_id, facet, valid_from, id);
CREATE INDEX token_1_expires_at ON public.token_1 USING btree (facet, expires_at, id);
CREATE INDEX token_1_id ON public.token_1 USING btree (facet, id);
CREATE INDEX token_1_valid_from ON public.token_1 USING btree (facet, valid_from, id);

create table token_count_1 (
  customer_id bigint not null,
  facet smallint not null,
  tokens bigint not null,
  constraint token_count_1_pkey PRIMARY KEY (customer_id, facet)
) with (fillfactor=50);

create table token_erasure_1 (
  id bigint not null,
  version bigint not null,
  constraint token_erasure_1_pkey PRIMARY KEY (id)
);

create table token_gone_1 (
  customer_id bigint not null,
  id bigint not null,
  "position" bigint not null,
  turn integer not null,
  constraint token_gone_1_pkey PRIMARY KEY (id, customer_id)
);
CREATE INDEX token_gone_1_changes ON public.token_gone_1 USING btree ("position", turn, id, customer_id);
CREATE INDEX token_gone_1_customer ON public.token_gone_1 USING btree (customer_id, "position", turn, id);

create table token_group_deletion_1 (
  token_group_id bigint not null,
  version bigint not null,
  "time" timestamp with time zone not null,
  constraint token_group_deletion_1_pkey PRIMARY KEY (token_group_id)
);

create table token_membership_1 (
  token_id bigint not null,
  token_group_id bigint not null,
  version bigint not null,
  is_member boolean not null,
  "time" timestamp with time zone not null,
  constraint token_membership_1_pkey PRIMARY KEY (token_id, token_group_id)
);
CREATE INDEX token_membership_1_members ON public.token_membership_1 USING btree (token_group_id, token_id) INCLUDE (is_member) WHERE (version > 0);

create table token_search_1 (
  id bigint not null,
  facet smallint not null,
  text text not null,
  app_user_id bigint,
  constraint token_search_1_pkey PRIMARY KEY (id)
) with (fillfactor=90);
CREATE INDEX token_search_1_app_user ON public.token_search_1 USING btree (app_user_id, id) WHERE (app_user_id IS NOT NULL);
CREATE INDEX token_search_1_label ON public.token_search_1 USING btree (split_part(text, ' '::text, 2) COLLATE "C", id) WHERE ((split_part(text, ' '::text, 2) COLLATE "C") <> ''::text);
CREATE INDEX token_search_1_text ON public.token_search_1 USING gin (text gin_trgm_ops);
CREATE INDEX token_search_1_uid ON public.token_search_1 USING btree (split_part(text, ' '::text, 1) COLLATE "C", id);

create table token_updated_1 (
  id bigint not null,
  customer_id bigint not null,
  facet smallint not null,
  updated_at timestamp with time zone not null,
  "position" bigint not null,
  turn integer not null,
  constraint token_updated_1_pkey PRIMARY KEY (id)
);
CREATE INDEX token_updated_1_all_changes ON public.token_updated_1 USING btree ("position", turn, id);
CREATE INDEX token_updated_1_all_updated_at ON public.token_updated_1 USING btree (updated_at, id) INCLUDE (facet);
CREATE INDEX token_updated_1_customer_updated_at ON public.token_updated_1 USING btree (customer_id, facet, updated_at, id);
CREATE INDEX token_updated_1_updated_at ON public.token_updated_1 USING btree (facet, updated_at, id);
