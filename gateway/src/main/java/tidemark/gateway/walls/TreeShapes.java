package tidemark.gateway.walls;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * The closed list of what a tree may consist of: each node by its place, with each of its fields,
 * and what stands in the field. What DuckDB adds in a later version is refused until it is listed
 * here.
 *
 * <p>A place in the tree, such as {@code table}, holds nodes that its {@code class} or {@code type}
 * tells apart, such as {@code JOIN}. A field may hold one node, a list of them at any depth, or
 * null. Besides places for nodes there are
 *
 * <pre>
 * leaf     values and lists of them, no nodes
 * data     a constant or its like: not looked into
 * cast     a type, see CastTypes
 * nothing  null, false, empty: what is allowed only if absent
 * </pre>
 */
final class TreeShapes {
  static final String LEAF = "leaf";
  static final String DATA = "data";
  static final String CAST = "cast";
  static final String NOTHING = "nothing";

  /** Fields of any expression, and of any table. */
  private static final String EXPRESSION = " class=leaf type=leaf alias=leaf query_location=leaf";

  private static final String TABLE = " type=leaf alias=leaf sample=sample query_location=leaf";

  private static final String ORDER = " type=leaf null_order=leaf expression=expression\n";

  private static final String SHAPES =
      """
      statement - node=query named_param_map=data
      query SELECT_NODE type=leaf cte_map=ctes select_list=expression from_table=table \
        where_clause=expression group_expressions=expression group_sets=leaf \
        aggregate_handling=leaf having=expression sample=sample qualify=expression \
        modifiers=modifier
      query SET_OPERATION_NODE type=leaf cte_map=ctes setop_type=leaf left=query right=query \
        setop_all=leaf modifiers=modifier
      ctes - map=cte
      cte - key=leaf value=cteValue
      cteValue - aliases=leaf query=statement materialized=leaf key_targets=nothing
      modifier ORDER_MODIFIER type=leaf orders=order
      modifier LIMIT_MODIFIER type=leaf limit=expression offset=expression
      modifier LIMIT_PERCENT_MODIFIER type=leaf limit=expression offset=expression
      modifier DISTINCT_MODIFIER type=leaf distinct_on_targets=expression
      sample - sample_size=data is_percentage=leaf method=leaf seed=leaf
      caseCheck - when_expr=expression then_expr=expression
      replacement - key=leaf value=expression
      renaming - key=columnName value=leaf
      columnName - catalog=leaf schema=leaf table=leaf column=leaf
      pivot - pivot_expressions=expression unpivot_names=leaf entries=pivotEntry pivot_enum=leaf
      pivotEntry - values=data star_expr=expression alias=leaf
      """
          + ("order ORDER_DEFAULT" + ORDER)
          + ("order ASCENDING" + ORDER)
          + ("order DESCENDING" + ORDER)
          + ("table EMPTY" + TABLE + "\n")
          + ("table BASE_TABLE" + TABLE)
          + " schema_name=leaf table_name=leaf column_name_alias=leaf catalog_name=leaf"
          + " at_clause=nothing\n"
          + ("table SUBQUERY" + TABLE + " subquery=statement column_name_alias=leaf\n")
          + ("table JOIN" + TABLE)
          + " left=table right=table condition=expression join_type=leaf ref_type=leaf"
          + " using_columns=leaf delim_flipped=nothing duplicate_eliminated_columns=nothing\n"
          + ("table EXPRESSION_LIST" + TABLE)
          + " expected_names=nothing expected_types=nothing values=expression\n"
          + ("table TABLE_FUNCTION" + TABLE)
          + " function=tableFunction column_name_alias=leaf with_ordinality=leaf\n"
          + ("table PIVOT" + TABLE)
          + " source=table aggregates=expression unpivot_names=leaf pivots=pivot groups=leaf"
          + " column_name_alias=leaf include_nulls=leaf\n"
          + ("table SHOW_REF" + TABLE)
          + " table_name=leaf query=query show_type=leaf catalog_name=leaf schema_name=leaf\n"
          + ("tableFunction FUNCTION" + EXPRESSION)
          + " function_name=leaf schema=leaf children=expression filter=nothing order_bys=modifier"
          + " distinct=nothing is_operator=nothing export_state=nothing catalog=leaf\n"
          + ("expression FUNCTION" + EXPRESSION)
          + " function_name=leaf schema=leaf children=expression filter=expression"
          + " order_bys=modifier distinct=leaf is_operator=leaf export_state=nothing catalog=leaf\n"
          + ("expression WINDOW" + EXPRESSION)
          + " function_name=leaf schema=leaf catalog=leaf children=expression"
          + " partitions=expression orders=order start=leaf end=leaf start_expr=expression"
          + " end_expr=expression offset_expr=expression default_expr=expression"
          + " ignore_nulls=leaf filter_expr=expression exclude_clause=leaf distinct=leaf"
          + " arg_orders=order\n"
          + ("expression COLUMN_REF" + EXPRESSION + " column_names=leaf\n")
          + ("expression CONSTANT" + EXPRESSION + " value=data\n")
          + ("expression PARAMETER" + EXPRESSION + " identifier=leaf\n")
          + ("expression POSITIONAL_REFERENCE" + EXPRESSION + " index=leaf\n")
          + ("expression STAR" + EXPRESSION)
          + " relation_name=leaf exclude_list=leaf replace_list=replacement columns=leaf"
          + " expr=expression qualified_exclude_list=columnName rename_list=renaming\n"
          + ("expression OPERATOR" + EXPRESSION + " children=expression\n")
          + ("expression CONJUNCTION" + EXPRESSION + " children=expression\n")
          + ("expression COMPARISON" + EXPRESSION + " left=expression right=expression\n")
          + ("expression BETWEEN" + EXPRESSION)
          + " input=expression lower=expression upper=expression\n"
          + ("expression CASE" + EXPRESSION + " case_checks=caseCheck else_expr=expression\n")
          + ("expression CAST" + EXPRESSION + " child=expression cast_type=cast try_cast=leaf\n")
          + ("expression COLLATE" + EXPRESSION + " child=expression collation=leaf\n")
          + ("expression LAMBDA" + EXPRESSION + " lhs=expression expr=expression\n")
          + ("expression SUBQUERY" + EXPRESSION)
          + " subquery_type=leaf subquery=statement child=expression comparison_type=leaf\n";

  /** Of expressions, whose class says less than their type. */
  private static final Map<String, Set<String>> EXPRESSION_TYPES =
      Map.of(
          "OPERATOR",
          Set.of(
              "ARRAY_CONSTRUCTOR",
              "ARRAY_EXTRACT",
              "ARRAY_SLICE",
              "COMPARE_IN",
              "COMPARE_NOT_IN",
              "GROUPING_FUNCTION",
              "OPERATOR_COALESCE",
              "OPERATOR_IS_NOT_NULL",
              "OPERATOR_IS_NULL",
              "OPERATOR_NOT",
              "OPERATOR_TRY",
              "OPERATOR_UNPACK",
              "STRUCT_EXTRACT"),
          "CONJUNCTION",
          Set.of("CONJUNCTION_AND", "CONJUNCTION_OR"),
          "COMPARISON",
          Set.of(
              "COMPARE_DISTINCT_FROM",
              "COMPARE_EQUAL",
              "COMPARE_GREATERTHAN",
              "COMPARE_GREATERTHANOREQUALTO",
              "COMPARE_LESSTHAN",
              "COMPARE_LESSTHANOREQUALTO",
              "COMPARE_NOTEQUAL",
              "COMPARE_NOT_DISTINCT_FROM"),
          "WINDOW",
          Set.of(
              "WINDOW_AGGREGATE",
              "WINDOW_CUME_DIST",
              "WINDOW_FILL",
              "WINDOW_FIRST_VALUE",
              "WINDOW_LAG",
              "WINDOW_LAST_VALUE",
              "WINDOW_LEAD",
              "WINDOW_NTH_VALUE",
              "WINDOW_NTILE",
              "WINDOW_PERCENT_RANK",
              "WINDOW_RANK",
              "WINDOW_RANK_DENSE",
              "WINDOW_ROW_NUMBER"));

  /** By place and class or type: what stands in each field. */
  private static final Map<String, Map<String, String>> FIELDS = read();

  private TreeShapes() {}

  private static Map<String, Map<String, String>> read() {
    Map<String, Map<String, String>> shapes = new LinkedHashMap<>();
    for (String line : SHAPES.strip().split("\n", -1)) {
      String[] words = line.strip().split(" +", -1);
      Map<String, String> fields = new LinkedHashMap<>();
      for (int word = 2; word < words.length; word++) {
        String[] field = words[word].split("=", -1);
        fields.put(field[0], field[1]);
      }
      shapes.put(words[0] + " " + words[1], Collections.unmodifiableMap(fields));
    }
    return shapes;
  }

  /**
   * What stands in each field of a node; empty if there may be no such node.
   *
   * @param place such as {@code table}
   * @param name the class or type of the node; {@code -} if it has neither
   */
  static Map<String, String> fields(String place, String name) {
    return FIELDS.getOrDefault(place + " " + name, Map.of());
  }

  /** All places with the names of their nodes, for the test that meets each of them. */
  static Set<String> names() {
    return FIELDS.keySet();
  }

  /** Whether an expression of this class may have this type. */
  static boolean allows(String expressionClass, String type) {
    Set<String> types = EXPRESSION_TYPES.get(expressionClass);
    return types == null || types.contains(type);
  }

  /** All types of expressions that a class alone does not tell, for the test. */
  static Map<String, Set<String>> expressionTypes() {
    return EXPRESSION_TYPES;
  }
}
