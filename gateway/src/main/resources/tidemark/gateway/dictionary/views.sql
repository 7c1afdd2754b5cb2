-- What follows from the tables: one view each; columns that a query leaves out are null. A line "-- name" starts one.
-- pg_roles
SELECT 10::UINTEGER AS oid, pg.current_user() AS rolname, false AS rolsuper, true AS rolinherit, false AS rolcreaterole,
  false AS rolcreatedb, true AS rolcanlogin, false AS rolreplication, -1 AS rolconnlimit, '********' AS rolpassword,
  false AS rolbypassrls
-- pg_authid
SELECT 10::UINTEGER AS oid, pg.current_user() AS rolname, false AS rolsuper, true AS rolinherit, false AS rolcreaterole,
  false AS rolcreatedb, true AS rolcanlogin, false AS rolreplication, -1 AS rolconnlimit, false AS rolbypassrls
-- pg_user
SELECT pg.current_user() AS usename, 10::UINTEGER AS usesysid, false AS usecreatedb, false AS usesuper, false AS userepl,
  false AS usebypassrls, '********' AS passwd
-- pg_shadow
SELECT pg.current_user() AS usename, 10::UINTEGER AS usesysid, false AS usecreatedb, false AS usesuper, false AS userepl,
  false AS usebypassrls
-- pg_settings
SELECT s.name, pg.setting_or_null(s.name) AS setting, s.category, s.short_desc, s.context, s.vartype,
  'default' AS source, s.setting AS boot_val, s.setting AS reset_val, false AS pending_restart
FROM dictionary.settings s ORDER BY lower(s.name)
-- pg_views
SELECT n.nspname AS schemaname, c.relname AS viewname, pg.pg_get_userbyid(c.relowner) AS viewowner,
  '-- answered by Tidemark; it has no definition in SQL' AS definition
FROM dictionary.pg_class c JOIN dictionary.pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind = 'v'
-- pg_tables
SELECT n.nspname AS schemaname, c.relname AS tablename, pg.pg_get_userbyid(c.relowner) AS tableowner,
  false AS hasindexes, false AS hasrules, false AS hastriggers, false AS rowsecurity
FROM dictionary.pg_class c JOIN dictionary.pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind IN ('r', 'p')
-- pg_timezone_names
SELECT 'UTC' AS name, 'UTC' AS abbrev, INTERVAL 0 SECOND AS utc_offset, false AS is_dst
-- information_schema.information_schema_catalog_name
SELECT pg.current_database() AS catalog_name
-- information_schema.schemata
SELECT pg.current_database() AS catalog_name, n.nspname AS schema_name, pg.current_user() AS schema_owner
FROM dictionary.pg_namespace n
-- information_schema.tables
SELECT pg.current_database() AS table_catalog, n.nspname AS table_schema, c.relname AS table_name,
  CASE c.relkind WHEN 'v' THEN 'VIEW' ELSE 'BASE TABLE' END AS table_type, 'NO' AS is_insertable_into, 'NO' AS is_typed
FROM dictionary.pg_class c JOIN dictionary.pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind IN ('r', 'v')
-- information_schema.views
SELECT pg.current_database() AS table_catalog, n.nspname AS table_schema, c.relname AS table_name,
  '-- answered by Tidemark; it has no definition in SQL' AS view_definition, 'NONE' AS check_option,
  'NO' AS is_updatable, 'NO' AS is_insertable_into, 'NO' AS is_trigger_updatable, 'NO' AS is_trigger_deletable,
  'NO' AS is_trigger_insertable_into
FROM dictionary.pg_class c JOIN dictionary.pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind = 'v'
-- information_schema.columns
SELECT pg.current_database() AS table_catalog, n.nspname AS table_schema, c.relname AS table_name,
  a.attname AS column_name, a.attnum::INTEGER AS ordinal_position,
  CASE WHEN a.attnotnull THEN 'NO' ELSE 'YES' END AS is_nullable,
  CASE WHEN b.typelem <> 0 AND b.typlen = -1 THEN 'ARRAY' ELSE pg.format_type(b.oid, NULL) END AS data_type,
  CASE b.typname WHEN 'text' THEN 1073741824 WHEN 'varchar' THEN 1073741824 END AS character_octet_length,
  CASE b.typname WHEN 'int2' THEN 16 WHEN 'int4' THEN 32 WHEN 'int8' THEN 64 WHEN 'float4' THEN 24
    WHEN 'float8' THEN 53 END AS numeric_precision,
  CASE WHEN b.typname IN ('int2', 'int4', 'int8', 'float4', 'float8') THEN 2 WHEN b.typname = 'numeric' THEN 10 END
    AS numeric_precision_radix,
  CASE WHEN b.typname IN ('int2', 'int4', 'int8') THEN 0 END AS numeric_scale,
  CASE WHEN b.typname = 'date' THEN 0
    WHEN b.typname IN ('time', 'timestamp', 'timestamptz', 'interval') THEN 6 END AS datetime_precision,
  CASE WHEN t.typtype = 'd' THEN pg.current_database() END AS domain_catalog,
  CASE WHEN t.typtype = 'd' THEN 'information_schema' END AS domain_schema,
  CASE WHEN t.typtype = 'd' THEN t.typname END AS domain_name,
  pg.current_database() AS udt_catalog, 'pg_catalog' AS udt_schema, b.typname AS udt_name,
  a.attnum::VARCHAR AS dtd_identifier, 'NO' AS is_self_referencing, 'NO' AS is_identity, 'NO' AS identity_cycle,
  'NEVER' AS is_generated, 'NO' AS is_updatable
FROM dictionary.pg_attribute a
  JOIN dictionary.pg_class c ON c.oid = a.attrelid
  JOIN dictionary.pg_namespace n ON n.oid = c.relnamespace
  JOIN dictionary.pg_type t ON t.oid = a.atttypid
  JOIN dictionary.pg_type b ON b.oid = CASE WHEN t.typtype = 'd' THEN t.typbasetype ELSE t.oid END
WHERE a.attnum > 0 AND c.relkind IN ('r', 'v')
ORDER BY c.oid, a.attnum
-- information_schema.routines
SELECT pg.current_database() AS specific_catalog, n.nspname AS specific_schema,
  p.proname || '_' || p.oid::VARCHAR AS specific_name, pg.current_database() AS routine_catalog,
  n.nspname AS routine_schema, p.proname AS routine_name, 'FUNCTION' AS routine_type,
  pg.format_type(t.oid, NULL) AS data_type, pg.current_database() AS type_udt_catalog,
  'pg_catalog' AS type_udt_schema, t.typname AS type_udt_name, '0' AS dtd_identifier, 'EXTERNAL' AS routine_body,
  'INTERNAL' AS external_language, 'GENERAL' AS parameter_style, 'YES' AS is_deterministic, 'MODIFIES' AS sql_data_access,
  'NO' AS is_null_call, 'YES' AS schema_level_routine, 0 AS max_dynamic_result_sets, 'INVOKER' AS security_type
FROM dictionary.pg_proc p JOIN dictionary.pg_namespace n ON n.oid = p.pronamespace
  JOIN dictionary.pg_type t ON t.oid = p.prorettype
-- information_schema.parameters
SELECT pg.current_database() AS specific_catalog, 'public' AS specific_schema,
  s.proname || '_' || s.oid::VARCHAR AS specific_name, s.i::INTEGER AS ordinal_position, 'IN' AS parameter_mode,
  'NO' AS is_result, 'NO' AS as_locator, s.proargnames[s.i] AS parameter_name,
  pg.format_type(t.oid, NULL) AS data_type, pg.current_database() AS udt_catalog, 'pg_catalog' AS udt_schema,
  t.typname AS udt_name, s.i::VARCHAR AS dtd_identifier
FROM (SELECT p.oid, p.proname, p.proargtypes, p.proargnames, unnest(range(1, len(p.proargtypes) + 1)) AS i
    FROM dictionary.pg_proc p) s JOIN dictionary.pg_type t ON t.oid = s.proargtypes[s.i]
-- information_schema.enabled_roles
SELECT pg.current_user() AS role_name
-- information_schema.applicable_roles
SELECT pg.current_user() AS grantee, pg.current_user() AS role_name, 'NO' AS is_grantable WHERE false
-- information_schema.character_sets
SELECT 'UTF8' AS character_set_name, 'UCS' AS character_repertoire, 'UTF8' AS form_of_use,
  pg.current_database() AS default_collate_catalog, 'pg_catalog' AS default_collate_schema, 'C' AS default_collate_name
-- information_schema.collations
SELECT pg.current_database() AS collation_catalog, 'pg_catalog' AS collation_schema, c.collname AS collation_name,
  'NO PAD' AS pad_attribute
FROM dictionary.pg_collation c
-- information_schema.domains
SELECT pg.current_database() AS domain_catalog, 'information_schema' AS domain_schema, t.typname AS domain_name,
  pg.format_type(t.typbasetype, NULL) AS data_type, pg.current_database() AS udt_catalog, 'pg_catalog' AS udt_schema,
  b.typname AS udt_name, '1' AS dtd_identifier
FROM dictionary.pg_type t JOIN dictionary.pg_type b ON b.oid = t.typbasetype WHERE t.typtype = 'd'
-- information_schema.table_privileges
SELECT pg.current_user() AS grantor, pg.current_user() AS grantee, pg.current_database() AS table_catalog,
  n.nspname AS table_schema, c.relname AS table_name, 'SELECT' AS privilege_type, 'NO' AS is_grantable,
  'YES' AS with_hierarchy
FROM dictionary.pg_class c JOIN dictionary.pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind IN ('r', 'v')
-- information_schema.role_table_grants
SELECT pg.current_user() AS grantor, pg.current_user() AS grantee, pg.current_database() AS table_catalog,
  n.nspname AS table_schema, c.relname AS table_name, 'SELECT' AS privilege_type, 'NO' AS is_grantable,
  'YES' AS with_hierarchy
FROM dictionary.pg_class c JOIN dictionary.pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind IN ('r', 'v')
-- information_schema.column_privileges
SELECT pg.current_user() AS grantor, pg.current_user() AS grantee, pg.current_database() AS table_catalog,
  n.nspname AS table_schema, c.relname AS table_name, a.attname AS column_name, 'SELECT' AS privilege_type,
  'NO' AS is_grantable
FROM dictionary.pg_attribute a JOIN dictionary.pg_class c ON c.oid = a.attrelid
  JOIN dictionary.pg_namespace n ON n.oid = c.relnamespace WHERE a.attnum > 0 AND c.relkind IN ('r', 'v')
