{% macro join_groups(reconciled) -%}
    {#- Every round joins two groups at least, or learns of two that must not be joined. -#}
    {%- set most_rounds = 10000 -%}
    {%- set state = namespace(round=0, is_done=false) -%}
    {%- for round in range(most_rounds) if not state.is_done -%}
        {%- set pairs, groups = graph_table('pairs', round), graph_table('groups', round) -%}
        {%- set nearest, joins = graph_table('nearest', round), graph_table('joins', round) -%}
        {%- do create_graph_table(nearest, group_joins_sql(pairs, groups)) -%}
        {%- if run_query('select count(*) from ' ~ nearest).columns[0].values()[0] == 0 -%}
            {%- set state.is_done = true -%}
        {%- else -%}
            {%- do create_graph_table(joins, checked_joins_sql(nearest, groups, reconciled)) -%}
            {%- do create_graph_table(graph_table('groups', round + 1), joined_members_sql(groups, joins)) -%}
            {%- do create_graph_table(graph_table('pairs', round + 1), joined_pairs_sql(pairs, joins)) -%}
            {%- for relation in [pairs, groups, joins] -%}
                {%- do run_query('drop table ' ~ relation) -%}
            {%- endfor -%}
            {%- set state.round = round + 1 -%}
        {%- endif -%}
        {%- do run_query('drop table ' ~ nearest) -%}
    {%- endfor -%}
    {%- if not state.is_done -%}
        {{ exceptions.raise_compiler_error(this ~ ": groups were still joined after " ~ most_rounds ~ " rounds.") }}
    {%- endif -%}
    {{ return(state.round) }}
{%- endmacro %}
