-- databases and roles, as explorers list them
SELECT d.oid, d.datname, pg_catalog.pg_encoding_to_char(d.encoding) FROM pg_catalog.pg_database d WHERE d.datallowconn ORDER BY 2;
SELECT r.rolname, r.rolsuper FROM pg_catalog.pg_roles r ORDER BY r.rolname;
SELECT pg_catalog.pg_size_pretty(pg_catalog.pg_database_size(d.oid)) FROM pg_catalog.pg_database d WHERE d.datname = current_database();
SELECT s.setting FROM pg_catalog.pg_settings s WHERE s.name = 'server_version';
-- schemas with their descriptions
SELECT n.nspname, pg_catalog.obj_description(n.oid, 'pg_namespace') FROM pg_catalog.pg_namespace n ORDER BY 1;
SELECT count(*) FROM pg_catalog.pg_default_acl;
-- types, with those that they are made of
SELECT t.typname, e.typname AS element, pg_catalog.format_type(t.oid, NULL) FROM pg_catalog.pg_type t LEFT JOIN pg_catalog.pg_type e ON e.oid = t.typelem WHERE t.typtype = 'b' ORDER BY 1 LIMIT 20;
SELECT enumlabel FROM pg_catalog.pg_enum;
-- relations and columns with defaults, descriptions and dependencies
SELECT c.relname, c.relkind, pg_catalog.pg_get_userbyid(c.relowner), pg_catalog.pg_get_partkeydef(c.oid) FROM pg_catalog.pg_class c WHERE c.relnamespace = 'public'::regnamespace ORDER BY 1;
SELECT a.attname, pg_catalog.format_type(a.atttypid, a.atttypmod), pg_catalog.pg_get_expr(f.adbin, f.adrelid), pg_catalog.col_description(a.attrelid, a.attnum) FROM pg_catalog.pg_attribute a LEFT JOIN pg_catalog.pg_attrdef f ON f.adrelid = a.attrelid AND f.adnum = a.attnum WHERE a.attrelid = 'points'::regclass AND a.attnum > 0 ORDER BY a.attnum;
SELECT count(*) FROM pg_catalog.pg_depend d WHERE d.deptype = 'i';
SELECT i.inhparent FROM pg_catalog.pg_inherits i WHERE i.inhrelid = 'points'::regclass;
-- what there is none of
SELECT k.conname, pg_catalog.pg_get_constraintdef(k.oid) FROM pg_catalog.pg_constraint k;
SELECT x.indexrelid, pg_catalog.pg_get_indexdef(x.indexrelid) FROM pg_catalog.pg_index x;
SELECT g.tgname FROM pg_catalog.pg_trigger g;
SELECT w.fdwname FROM pg_catalog.pg_foreign_data_wrapper w;
SELECT e.extname FROM pg_catalog.pg_extension e WHERE e.extname = 'timescaledb';
SELECT v.evtname FROM pg_catalog.pg_event_trigger v;
-- functions and aggregates
SELECT p.proname, pg_catalog.pg_get_function_arguments(p.oid), pg_catalog.pg_get_function_result(p.oid) FROM pg_catalog.pg_proc p ORDER BY 1, 2;
SELECT p.proname FROM pg_catalog.pg_aggregate g JOIN pg_catalog.pg_proc p ON p.oid = g.aggfnoid ORDER BY 1;
-- sizes
SELECT c.relname, pg_catalog.pg_total_relation_size(c.oid), pg_catalog.pg_relation_size(c.oid) FROM pg_catalog.pg_class c WHERE c.relkind = 'v' AND c.relnamespace = 'public'::regnamespace ORDER BY 1;
-- dashboards: version, tables of the search path, columns with their types
SELECT current_setting('server_version_num')::int / 10000 AS major;
SELECT s.schema_name FROM information_schema.schemata s ORDER BY 1;
SELECT quote_ident(t.table_schema) || '.' || quote_ident(t.table_name) AS relation FROM information_schema.tables t WHERE t.table_schema = ANY (current_schemas(false)) ORDER BY 1;
SELECT quote_ident(c.column_name) AS name, c.data_type FROM information_schema.columns c WHERE c.table_name = 'points' ORDER BY c.ordinal_position;
SELECT c.column_name FROM information_schema.columns c WHERE c.table_name = $1 AND c.data_type = $2 ORDER BY 1;
