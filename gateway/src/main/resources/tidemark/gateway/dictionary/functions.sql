-- What sessions may call. One statement ends with a semicolon at the end of a line. The session sets the variables of its
-- connection: user, process, settings. There is no subquery here, and names in lambdas are like no others, because a
-- macro's arguments are put in as they are written: "oid" would become a column of the subquery. lookup() is in Java.

CREATE MACRO pg.current_database() AS lookup('database', '');
CREATE MACRO pg.current_catalog() AS lookup('database', '');
CREATE MACRO pg.current_schema() AS 'public';
CREATE MACRO pg.current_schemas(implicit) AS CASE WHEN implicit THEN ['pg_catalog', 'public'] ELSE ['public'] END;
CREATE MACRO pg.current_user() AS getvariable('user')::VARCHAR;
CREATE MACRO pg.session_user() AS getvariable('user')::VARCHAR;
CREATE MACRO pg.current_role() AS getvariable('user')::VARCHAR;
CREATE MACRO pg."user"() AS getvariable('user')::VARCHAR;
CREATE MACRO pg.pg_backend_pid() AS getvariable('process')::INTEGER;
CREATE MACRO pg.inet_server_addr() AS NULL::VARCHAR;
CREATE MACRO pg.inet_server_port() AS NULL::INTEGER;
CREATE MACRO pg.inet_client_addr() AS NULL::VARCHAR;
CREATE MACRO pg.inet_client_port() AS NULL::INTEGER;
CREATE MACRO pg.pg_is_in_recovery() AS false;
CREATE MACRO pg.pg_is_wal_replay_paused() AS false;
CREATE MACRO pg.pg_postmaster_start_time() AS lookup('started', '')::TIMESTAMPTZ;
CREATE MACRO pg.pg_conf_load_time() AS lookup('started', '')::TIMESTAMPTZ;
CREATE MACRO pg.txid_current() AS 1::BIGINT;
CREATE MACRO pg.pg_current_xact_id() AS 1::BIGINT;
CREATE MACRO pg.pg_my_temp_schema() AS 0::UINTEGER;
CREATE MACRO pg.pg_is_other_temp_schema(o) AS false;
CREATE MACRO pg.pg_client_encoding() AS 'UTF8';
CREATE MACRO pg.getdatabaseencoding() AS 'UTF8';
CREATE MACRO pg.pg_encoding_to_char(e) AS CASE e WHEN 6 THEN 'UTF8' WHEN 0 THEN 'SQL_ASCII' ELSE '' END;
CREATE MACRO pg.pg_char_to_encoding(e) AS CASE upper(e) WHEN 'UTF8' THEN 6 WHEN 'SQL_ASCII' THEN 0 ELSE -1 END;
CREATE MACRO pg.timeofday() AS now()::VARCHAR;
CREATE MACRO pg.statement_timestamp() AS now();
CREATE MACRO pg.clock_timestamp() AS now();
CREATE MACRO pg.age(x) AS 0;
CREATE MACRO pg.pg_typeof(x) AS lower(typeof(x));

CREATE MACRO pg.setting_or_null(n) AS
  coalesce(CAST(getvariable('settings') AS MAP(VARCHAR, VARCHAR))[lower(n)],
    lookup('setting', lower(n)));
CREATE MACRO pg.current_setting(n) AS
    coalesce(pg.setting_or_null(n), error('unrecognized configuration parameter "' || n || '"')),
  (n, missing_ok) AS
    coalesce(pg.setting_or_null(n),
      CASE WHEN missing_ok THEN NULL ELSE error('unrecognized configuration parameter "' || n || '"') END);
CREATE MACRO pg.version() AS 'PostgreSQL ' || pg.current_setting('server_version');

-- Names of objects, and back.
CREATE MACRO pg.plain_name(x) AS CASE WHEN contains(x, '"') THEN replace(x, '"', '') ELSE lower(x) END;
CREATE MACRO pg.is_number(x) AS regexp_full_match(x::VARCHAR, '[0-9]+');
CREATE MACRO pg.to_regclass(x) AS lookup('class', pg.plain_name(x::VARCHAR))::UINTEGER;
CREATE MACRO pg.regclass_in(x) AS
  CASE WHEN x IS NULL THEN NULL::UINTEGER WHEN pg.is_number(x) THEN x::VARCHAR::UINTEGER
    ELSE coalesce(pg.to_regclass(x), error('relation "' || x::VARCHAR || '" does not exist')) END;
CREATE MACRO pg.regclass_out(x) AS
  CASE WHEN x IS NULL THEN NULL WHEN x::VARCHAR = '0' THEN '-'
    ELSE coalesce(lookup('class label', pg.regclass_in(x)::VARCHAR), x::VARCHAR) END;
CREATE MACRO pg.to_regtype(x) AS lookup('type', pg.plain_name(x::VARCHAR))::UINTEGER;
CREATE MACRO pg.regtype_in(x) AS
  CASE WHEN x IS NULL THEN NULL::UINTEGER WHEN pg.is_number(x) THEN x::VARCHAR::UINTEGER
    ELSE coalesce(pg.to_regtype(x), error('type "' || x::VARCHAR || '" does not exist')) END;
CREATE MACRO pg.format_type(t, typmod) AS
  CASE WHEN t IS NULL THEN NULL WHEN t::VARCHAR = '0' THEN '-'
    ELSE coalesce(lookup('type label', t::VARCHAR), '???') END;
CREATE MACRO pg.regtype_out(x) AS pg.format_type(pg.regtype_in(x), NULL);
CREATE MACRO pg.to_regnamespace(x) AS lookup('schema', pg.plain_name(x::VARCHAR))::UINTEGER;
CREATE MACRO pg.regnamespace_in(x) AS
  CASE WHEN x IS NULL THEN NULL::UINTEGER WHEN pg.is_number(x) THEN x::VARCHAR::UINTEGER
    ELSE coalesce(pg.to_regnamespace(x), error('schema "' || x::VARCHAR || '" does not exist')) END;
CREATE MACRO pg.regnamespace_out(x) AS
  CASE WHEN x IS NULL THEN NULL
    ELSE coalesce(lookup('schema label', pg.regnamespace_in(x)::VARCHAR), x::VARCHAR) END;
CREATE MACRO pg.to_regrole(x) AS CASE WHEN pg.plain_name(x::VARCHAR) = pg.current_user() THEN 10::UINTEGER END;
CREATE MACRO pg.regrole_in(x) AS
  CASE WHEN x IS NULL THEN NULL::UINTEGER WHEN pg.is_number(x) THEN x::VARCHAR::UINTEGER
    ELSE coalesce(pg.to_regrole(x), error('role "' || x::VARCHAR || '" does not exist')) END;
CREATE MACRO pg.pg_get_userbyid(x) AS
  CASE WHEN x::VARCHAR = '10' THEN pg.current_user() ELSE 'unknown (OID=' || x::VARCHAR || ')' END;
CREATE MACRO pg.regrole_out(x) AS pg.pg_get_userbyid(pg.regrole_in(x));
CREATE MACRO pg.to_regproc(x) AS lookup('function label', lookup('function', pg.plain_name(x::VARCHAR)));
CREATE MACRO pg.regproc_out(x) AS
  CASE WHEN pg.is_number(x) THEN coalesce(lookup('function label', x::VARCHAR), x::VARCHAR)
    ELSE replace(x::VARCHAR, 'pg_catalog.', '') END;
CREATE MACRO pg.regproc_in(x) AS
  CASE WHEN x IS NULL THEN NULL::UINTEGER WHEN pg.is_number(x) THEN x::VARCHAR::UINTEGER WHEN x = '-' THEN 0::UINTEGER
    ELSE coalesce(lookup('function', pg.plain_name(split_part(x::VARCHAR, '(', 1)))::UINTEGER,
      error('function "' || x::VARCHAR || '" does not exist')) END;

-- Descriptions.
CREATE MACRO pg.obj_description(o) AS lookup('description', o::VARCHAR || '//0'),
  (o, catalog) AS
    lookup('description', o::VARCHAR || '/' || coalesce(pg.to_regclass(catalog)::VARCHAR, '') || '/0');
CREATE MACRO pg.col_description(o, n) AS
  lookup('description', o::VARCHAR || '/1259/' || n::VARCHAR);
CREATE MACRO pg.shobj_description(o, catalog) AS NULL::VARCHAR;

-- Definitions. There is no expression, index, constraint, trigger or rule here that could have one.
CREATE MACRO pg.pg_get_expr(x, o) AS x::VARCHAR, (x, o, pretty) AS x::VARCHAR;
CREATE MACRO pg.pg_get_viewdef(v) AS lookup('view', pg.regclass_in(v)::VARCHAR),
  (v, pretty) AS lookup('view', pg.regclass_in(v)::VARCHAR);
CREATE MACRO pg.pg_get_constraintdef(o) AS NULL::VARCHAR, (o, pretty) AS NULL::VARCHAR;
CREATE MACRO pg.pg_get_indexdef(o) AS NULL::VARCHAR, (o, n, pretty) AS NULL::VARCHAR;
CREATE MACRO pg.pg_get_triggerdef(o) AS NULL::VARCHAR, (o, pretty) AS NULL::VARCHAR;
CREATE MACRO pg.pg_get_ruledef(o) AS NULL::VARCHAR, (o, pretty) AS NULL::VARCHAR;
CREATE MACRO pg.pg_get_partkeydef(o) AS NULL::VARCHAR;
CREATE MACRO pg.pg_get_partition_constraintdef(o) AS NULL::VARCHAR;
CREATE MACRO pg.pg_get_statisticsobjdef(o) AS NULL::VARCHAR;
CREATE MACRO pg.pg_get_statisticsobjdef_columns(o) AS NULL::VARCHAR;
CREATE MACRO pg.pg_get_serial_sequence(t, c) AS NULL::VARCHAR;
CREATE MACRO pg.pg_get_function_sqlbody(o) AS NULL::VARCHAR;
CREATE MACRO pg.pg_get_function_arg_default(o, n) AS NULL::VARCHAR;
CREATE MACRO pg.pg_get_function_arguments(o) AS lookup('function arguments', o::VARCHAR);
CREATE MACRO pg.pg_get_function_identity_arguments(o) AS lookup('function arguments', o::VARCHAR);
CREATE MACRO pg.pg_get_function_result(o) AS lookup('function result', o::VARCHAR);
CREATE MACRO pg.pg_get_functiondef(o) AS
  '-- ' || lookup('function label', o::VARCHAR) || '(' || lookup('function arguments', o::VARCHAR) || ') returns '
    || lookup('function result', o::VARCHAR) || ', built into Tidemark';
CREATE MACRO pg.pg_describe_object(c, o, n) AS NULL::VARCHAR;

-- Visibility: all of public and pg_catalog.
CREATE MACRO pg.pg_table_is_visible(o) AS lookup('class label', o::VARCHAR) NOT LIKE '%.%';
CREATE MACRO pg.pg_type_is_visible(o) AS lookup('type label', o::VARCHAR) NOT LIKE 'information_schema.%';
CREATE MACRO pg.pg_function_is_visible(o) AS true;
CREATE MACRO pg.pg_operator_is_visible(o) AS true;
CREATE MACRO pg.pg_opclass_is_visible(o) AS true;
CREATE MACRO pg.pg_opfamily_is_visible(o) AS true;
CREATE MACRO pg.pg_conversion_is_visible(o) AS true;
CREATE MACRO pg.pg_collation_is_visible(o) AS true;
CREATE MACRO pg.pg_statistics_obj_is_visible(o) AS true;
CREATE MACRO pg.pg_ts_config_is_visible(o) AS true;
CREATE MACRO pg.pg_ts_dict_is_visible(o) AS true;
CREATE MACRO pg.pg_ts_parser_is_visible(o) AS true;
CREATE MACRO pg.pg_ts_template_is_visible(o) AS true;
CREATE MACRO pg.pg_relation_is_publishable(o) AS false;
CREATE MACRO pg.pg_relation_is_updatable(o, triggers) AS 0;
CREATE MACRO pg.pg_column_is_updatable(o, n, triggers) AS false;

-- Privileges: everything may be read, nothing written.
CREATE MACRO pg.may(p) AS regexp_matches(upper(p), 'SELECT|USAGE|EXECUTE|CONNECT|MEMBER');
CREATE MACRO pg.has_table_privilege(o, p) AS pg.may(p), (u, o, p) AS pg.may(p);
CREATE MACRO pg.has_any_column_privilege(o, p) AS pg.may(p), (u, o, p) AS pg.may(p);
CREATE MACRO pg.has_column_privilege(o, c, p) AS pg.may(p), (u, o, c, p) AS pg.may(p);
CREATE MACRO pg.has_schema_privilege(o, p) AS pg.may(p), (u, o, p) AS pg.may(p);
CREATE MACRO pg.has_database_privilege(o, p) AS pg.may(p), (u, o, p) AS pg.may(p);
CREATE MACRO pg.has_function_privilege(o, p) AS pg.may(p), (u, o, p) AS pg.may(p);
CREATE MACRO pg.has_language_privilege(o, p) AS pg.may(p), (u, o, p) AS pg.may(p);
CREATE MACRO pg.has_sequence_privilege(o, p) AS pg.may(p), (u, o, p) AS pg.may(p);
CREATE MACRO pg.has_tablespace_privilege(o, p) AS false, (u, o, p) AS false;
CREATE MACRO pg.has_type_privilege(o, p) AS pg.may(p), (u, o, p) AS pg.may(p);
CREATE MACRO pg.has_foreign_data_wrapper_privilege(o, p) AS false, (u, o, p) AS false;
CREATE MACRO pg.has_server_privilege(o, p) AS false, (u, o, p) AS false;
CREATE MACRO pg.pg_has_role(r, p) AS true, (u, r, p) AS true;
CREATE MACRO pg.row_security_active(o) AS false;

-- Sizes: a view takes no place.
CREATE MACRO pg.pg_relation_size(o) AS 0::BIGINT, (o, fork) AS 0::BIGINT;
CREATE MACRO pg.pg_table_size(o) AS 0::BIGINT;
CREATE MACRO pg.pg_total_relation_size(o) AS 0::BIGINT;
CREATE MACRO pg.pg_indexes_size(o) AS 0::BIGINT;
CREATE MACRO pg.pg_database_size(o) AS 0::BIGINT;
CREATE MACRO pg.pg_tablespace_size(o) AS 0::BIGINT;
CREATE MACRO pg.pg_size_pretty(n) AS
  CASE WHEN abs(n) < 10240 THEN n::BIGINT::VARCHAR || ' bytes'
    WHEN abs(n) < 10485248 THEN round(n / 1024.0)::BIGINT::VARCHAR || ' kB'
    WHEN abs(n) < 10736893952 THEN round(n / 1048576.0)::BIGINT::VARCHAR || ' MB'
    WHEN abs(n) < 10994579406848 THEN round(n / 1073741824.0)::BIGINT::VARCHAR || ' GB'
    ELSE round(n / 1099511627776.0)::BIGINT::VARCHAR || ' TB' END;
CREATE MACRO pg.pg_relation_filepath(o) AS NULL::VARCHAR;
CREATE MACRO pg.pg_relation_filenode(o) AS NULL::UINTEGER;
CREATE MACRO pg.pg_tablespace_location(o) AS '';
CREATE MACRO pg.pg_stat_get_numscans(o) AS 0::BIGINT;
CREATE MACRO pg.pg_stat_get_live_tuples(o) AS 0::BIGINT;

-- Texts and arrays that DuckDB has not, or has otherwise.
CREATE MACRO pg.quote_ident(x) AS
  CASE WHEN regexp_full_match(x, '[a-z_][a-z0-9_$]*') AND x NOT IN (
    'all', 'analyse', 'analyze', 'and', 'any', 'array', 'as', 'asc', 'asymmetric', 'both', 'case', 'cast', 'check',
    'collate', 'column', 'constraint', 'create', 'current_catalog', 'current_date', 'current_role', 'current_time',
    'current_timestamp', 'current_user', 'default', 'deferrable', 'desc', 'distinct', 'do', 'else', 'end', 'except',
    'false', 'fetch', 'for', 'foreign', 'from', 'grant', 'group', 'having', 'in', 'initially', 'intersect', 'into',
    'lateral', 'leading', 'limit', 'localtime', 'localtimestamp', 'not', 'null', 'offset', 'on', 'only', 'or',
    'order', 'placing', 'primary', 'references', 'returning', 'select', 'session_user', 'some', 'symmetric',
    'table', 'then', 'to', 'trailing', 'true', 'union', 'unique', 'user', 'using', 'variadic', 'when', 'where',
    'window', 'with', 'between', 'bigint', 'bit', 'boolean', 'char', 'character', 'coalesce', 'dec', 'decimal',
    'exists', 'extract', 'float', 'greatest', 'grouping', 'inout', 'int', 'integer', 'interval', 'least',
    'national', 'nchar', 'none', 'normalize', 'nullif', 'numeric', 'out', 'overlay', 'position', 'precision',
    'real', 'row', 'setof', 'smallint', 'substring', 'time', 'timestamp', 'treat', 'trim', 'values', 'varchar',
    'authorization', 'binary', 'collation', 'concurrently', 'cross', 'current_schema', 'freeze', 'full', 'ilike',
    'inner', 'is', 'isnull', 'join', 'left', 'like', 'natural', 'notnull', 'outer', 'overlaps', 'right', 'similar',
    'tablesample', 'verbose')
    THEN x ELSE '"' || replace(x, '"', '""') || '"' END;
CREATE MACRO pg.quote_literal(x) AS '''' || replace(x::VARCHAR, '''', '''''') || '''';
CREATE MACRO pg.quote_nullable(x) AS coalesce(pg.quote_literal(x), 'NULL');
CREATE MACRO pg.format_argument(kind, x) AS
  CASE kind WHEN 'I' THEN pg.quote_ident(x::VARCHAR) WHEN 'L' THEN pg.quote_nullable(x)
    ELSE coalesce(x::VARCHAR, '') END;
CREATE MACRO pg.format_parts(f) AS regexp_extract_all(f, '%[sIL]|%%|[^%]+');
CREATE MACRO pg.format_list(f, arguments) AS
  array_to_string(list_transform(pg.format_parts(f), lambda zz_part, zz_index:
    CASE WHEN zz_part = '%%' THEN '%'
      WHEN zz_part IN ('%s', '%I', '%L') THEN pg.format_argument(zz_part[2],
        arguments[len(list_filter(pg.format_parts(f)[1:zz_index], lambda zz_other: zz_other IN ('%s', '%I', '%L')))])
      ELSE zz_part END), '');
CREATE MACRO pg.format(f) AS pg.format_list(f, []::VARCHAR[]),
  (f, a) AS pg.format_list(f, [a::VARCHAR]),
  (f, a, b) AS pg.format_list(f, [a::VARCHAR, b::VARCHAR]),
  (f, a, b, c) AS pg.format_list(f, [a::VARCHAR, b::VARCHAR, c::VARCHAR]),
  (f, a, b, c, d) AS pg.format_list(f, [a::VARCHAR, b::VARCHAR, c::VARCHAR, d::VARCHAR]);
CREATE MACRO pg.parse_ident(x) AS
  list_transform(regexp_extract_all(x, '"[^"]*"|[^."]+'), lambda zz_part: pg.plain_name(zz_part));
CREATE MACRO pg.array_lower(a, d) AS CASE WHEN len(a) > 0 AND d = 1 THEN 1 END;
CREATE MACRO pg.array_upper(a, d) AS CASE WHEN len(a) > 0 AND d = 1 THEN len(a)::INTEGER END;
CREATE MACRO pg.array_length(a, d) AS CASE WHEN len(a) > 0 AND d = 1 THEN len(a)::INTEGER END;
CREATE MACRO pg.array_ndims(a) AS CASE WHEN len(a) > 0 THEN 1 END;
CREATE MACRO pg.array_remove(a, x) AS list_filter(a, lambda zz_x: zz_x IS DISTINCT FROM x);
CREATE MACRO pg.cardinality(a) AS len(a)::INTEGER;
CREATE MACRO pg.array_position(a, x) AS nullif(list_position(a, x), 0)::INTEGER;
CREATE MACRO pg.array_to_string(a, separator) AS array_to_string(a, separator),
  (a, separator, missing) AS
    array_to_string(list_transform(a, lambda zz_x: coalesce(zz_x::VARCHAR, missing)), separator);
CREATE MACRO pg._pg_expandarray(a) AS unnest([{'x': a[zz_i], 'n': zz_i::INTEGER} for zz_i in range(1, len(a) + 1)]);
CREATE MACRO pg._pg_char_max_length(t, m) AS NULL::INTEGER;
CREATE MACRO pg._pg_truetypid(a, t) AS NULL::UINTEGER;
CREATE MACRO pg._pg_truetypmod(a, t) AS -1;
CREATE MACRO pg.length(x) AS length(x)::INTEGER;
CREATE MACRO pg.char_length(x) AS length(x)::INTEGER;
CREATE MACRO pg.position(x, y) AS position(y IN x)::INTEGER;
CREATE MACRO pg.strpos(x, y) AS strpos(x, y)::INTEGER;
