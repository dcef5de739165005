{#- Materialises groups of records from the match weights of their pairs.

The model selects (left_number, right_number, match_weight). Two groups attract each other by the mean weight over all
pairs between them, where a pair that was never compared counts with identity_uncompared_weight, plus a share of the
strongest one, without which records with many slips would never join. In each round all pairs of groups that attract
each other most are joined at once, until none attracts another: for the mean this gives what joining one pair after
the other would (Murtagh 1983, on reciprocal nearest neighbours). -#}
{% materialization agglomerated_groups, default -%}
    {%- set swap = begin_table_swap() -%}

    {%- set pairs = graph_table('pairs', 0) -%}
    {%- set groups = graph_table('groups', 0) -%}
    {%- do create_graph_table(pairs, group_pairs_sql(sql)) -%}
    {%- do create_graph_table(groups, group_members_sql(pairs)) -%}
    {%- set rounds = join_groups() -%}

    {% call statement('main') -%}
        {{ create_table_as(False, swap.intermediate, 'select * from ' ~ graph_table('groups', rounds)) }}
    {%- endcall %}
    {%- do run_query('drop table ' ~ graph_table('pairs', rounds)) -%}
    {%- do run_query('drop table ' ~ graph_table('groups', rounds)) -%}

    {{ return({'relations': finish_table_swap(swap)}) }}
{%- endmaterialization %}
