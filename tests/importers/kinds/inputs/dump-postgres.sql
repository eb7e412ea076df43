--
-- PostgreSQL database dump
--
\restrict 4f2a
SET statement_timeout = 0;
SELECT pg_catalog.set_config('search_path', '', false);
CREATE TYPE public.state AS ENUM (
    'new',
    'done'
);
CREATE FUNCTION public.touch() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN CREATE TABLE x (; RETURN NEW; END;
$$;
CREATE TABLE public.parts (
    part_id bigint NOT NULL,
    part_no character varying(30) NOT NULL,
    state public.state DEFAULT 'new'::public.state,
    price numeric(5,2),
    total numeric(7,2) GENERATED ALWAYS AS ((price * (2)::numeric)) STORED,
    CONSTRAINT price_ck CHECK ((price > ('-5'::integer)::numeric))
);
ALTER TABLE public.parts OWNER TO me;
CREATE SEQUENCE public.parts_id_seq START WITH 1;
ALTER TABLE ONLY public.parts ALTER COLUMN part_id SET DEFAULT nextval('public.parts_id_seq'::regclass);
COPY public.parts (part_id, part_no) FROM stdin;
1	it's
\.
ALTER TABLE ONLY public.parts
    ADD CONSTRAINT parts_pkey PRIMARY KEY (part_id);
\unrestrict 4f2a
