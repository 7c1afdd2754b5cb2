-- Rows that are the same in every dictionary. Columns that are left out take the default of their type.
INSERT INTO dictionary.pg_namespace BY NAME
  SELECT * FROM (VALUES (11::UINTEGER, 'pg_catalog', 10::UINTEGER), (2200, 'public', 10),
    (13207, 'information_schema', 10)) t(oid, nspname, nspowner);
INSERT INTO dictionary.pg_am BY NAME
  SELECT * FROM (VALUES (2::UINTEGER, 'heap', 'heap_tableam_handler', 't'), (403, 'btree', 'bthandler', 'i'))
    t(oid, amname, amhandler, amtype);
INSERT INTO dictionary.pg_language BY NAME
  SELECT * FROM (VALUES (12::UINTEGER, 'internal', 10::UINTEGER, false, false), (14, 'sql', 10, false, true))
    t(oid, lanname, lanowner, lanispl, lanpltrusted);
INSERT INTO dictionary.pg_tablespace BY NAME
  SELECT * FROM (VALUES (1663::UINTEGER, 'pg_default', 10::UINTEGER)) t(oid, spcname, spcowner);
INSERT INTO dictionary.pg_collation BY NAME
  SELECT * FROM (VALUES (100::UINTEGER, 'default', 11::UINTEGER, 10::UINTEGER, 'd', true, -1, NULL, NULL),
      (950, 'C', 11, 10, 'c', true, -1, 'C', 'C'), (951, 'POSIX', 11, 10, 'c', true, -1, 'POSIX', 'POSIX'))
    t(oid, collname, collnamespace, collowner, collprovider, collisdeterministic, collencoding, collcollate, collctype);
INSERT INTO dictionary.pg_get_keywords BY NAME
  SELECT unnest(['analyse', 'analyze', 'asc', 'concurrently', 'desc', 'freeze', 'ilike', 'initially', 'isnull', 'limit',
      'notnull', 'offset', 'placing', 'returning', 'similar', 'variadic', 'verbose']) AS word,
    'R' AS catcode, false AS barelabel, 'reserved' AS catdesc, 'requires AS' AS baredesc;
INSERT INTO dictionary.settings SELECT * FROM (VALUES
  ('application_name', '', 'string', 'user', 'Reporting', 'Name of the client, in the audit log.'),
  ('block_size', '8192', 'integer', 'internal', 'Preset Options', 'Of no effect here.'),
  ('bytea_output', 'hex', 'enum', 'user', 'Client Defaults', 'How bytes are written as text.'),
  ('client_encoding', 'UTF8', 'string', 'user', 'Client Defaults', 'Encoding of what the client sends and gets.'),
  ('client_min_messages', 'notice', 'enum', 'user', 'Client Defaults', 'Least level of messages sent.'),
  ('DateStyle', 'ISO, MDY', 'string', 'user', 'Client Defaults', 'How dates are written as text.'),
  ('default_tablespace', '', 'string', 'user', 'Client Defaults', 'Of no effect here.'),
  ('default_transaction_isolation', 'read committed', 'enum', 'user', 'Client Defaults', 'Of new transactions.'),
  ('default_transaction_read_only', 'on', 'bool', 'user', 'Client Defaults', 'Nothing can be written.'),
  ('escape_string_warning', 'on', 'bool', 'user', 'Client Defaults', 'Of no effect here.'),
  ('extra_float_digits', '1', 'integer', 'user', 'Client Defaults', 'Numbers are written in full.'),
  ('idle_in_transaction_session_timeout', '0', 'integer', 'user', 'Client Defaults', 'In milliseconds.'),
  ('in_hot_standby', 'off', 'bool', 'internal', 'Preset Options', 'Whether this is a standby.'),
  ('integer_datetimes', 'on', 'bool', 'internal', 'Preset Options', 'Times are whole microseconds.'),
  ('IntervalStyle', 'postgres', 'enum', 'user', 'Client Defaults', 'How intervals are written as text.'),
  ('is_superuser', 'off', 'bool', 'internal', 'Preset Options', 'Nobody is.'),
  ('lc_collate', 'C', 'string', 'internal', 'Preset Options', 'Texts are ordered by their bytes.'),
  ('lc_ctype', 'C', 'string', 'internal', 'Preset Options', 'Classes of characters.'),
  ('lc_messages', 'C', 'string', 'superuser', 'Client Defaults', 'Language of messages.'),
  ('lc_monetary', 'C', 'string', 'user', 'Client Defaults', 'Of no effect here.'),
  ('lc_numeric', 'C', 'string', 'user', 'Client Defaults', 'Of no effect here.'),
  ('lc_time', 'C', 'string', 'user', 'Client Defaults', 'Of no effect here.'),
  ('lock_timeout', '0', 'integer', 'user', 'Client Defaults', 'There are no locks.'),
  ('max_connections', '100', 'integer', 'postmaster', 'Connections', 'Of no effect here.'),
  ('max_identifier_length', '63', 'integer', 'internal', 'Preset Options', 'In bytes.'),
  ('max_index_keys', '32', 'integer', 'internal', 'Preset Options', 'There are no indexes.'),
  ('row_security', 'on', 'bool', 'user', 'Client Defaults', 'A user sees the rows of one org.'),
  ('search_path', '"$user", public', 'string', 'user', 'Client Defaults', 'Where names without a schema are looked up.'),
  ('server_encoding', 'UTF8', 'string', 'internal', 'Preset Options', 'Encoding of all texts.'),
  ('server_version', '16.4 (Tidemark)', 'string', 'internal', 'Preset Options', 'Of PostgreSQL that this resembles.'),
  ('server_version_num', '160004', 'integer', 'internal', 'Preset Options', 'Of PostgreSQL that this resembles.'),
  ('session_authorization', '', 'string', 'user', 'Client Defaults', 'User of the session.'),
  ('ssl', 'on', 'bool', 'sighup', 'Connections', 'Whether TLS is offered.'),
  ('standard_conforming_strings', 'on', 'bool', 'user', 'Client Defaults', 'Backslashes in texts are just that.'),
  ('statement_timeout', '0', 'integer', 'user', 'Client Defaults', 'In milliseconds.'),
  ('TimeZone', 'UTC', 'string', 'user', 'Client Defaults', 'In which times are read and written.'),
  ('transaction_deferrable', 'off', 'bool', 'user', 'Client Defaults', 'Of no effect here.'),
  ('transaction_isolation', 'read committed', 'enum', 'user', 'Client Defaults', 'Of this transaction.'),
  ('transaction_read_only', 'on', 'bool', 'user', 'Client Defaults', 'Nothing can be written.'),
  ('xmloption', 'content', 'enum', 'user', 'Client Defaults', 'Of no effect here.')
) t(name, setting, vartype, context, category, short_desc);
