{#- Materialises groups of records from the match weights of their pairs.

The model selects (component_key, left_number, right_number, match_weight, is_linked, left_birth_day, right_birth_day), with
less than right in every row and each pair once. Two groups attract each other by the mean weight over all pairs between
them, where a pair that was never compared counts with identity_uncompared_weight, plus a share of the strongest one,
without which records with many slips would never join. In each round all pairs of groups that attract each other most are
joined at once, until none attracts another: for the mean this gives what joining one pair after the other would (Murtagh
1983, on reciprocal nearest neighbours).

Two groups are never joined where that would make more than identity_max_cluster_records, nor, unless they attract each
other by identity_overruling_weight, where the birth dates of a record of one and a record of the other conflict and no link
of the component reconciles these dates. That is looked at when groups are about to be joined, as listing all such pairs of
records would be quadratic. -#}
{% materialization agglomerated_groups, default -%}
    {%- set swap = begin_table_swap() -%}

    {%- set evidence = graph_table('evidence') -%}
    {%- do create_graph_table(evidence, sql) -%}
    {%- set reconciled = graph_table('reconciled') -%}
    {%- do create_graph_table(reconciled, reconciled_days_sql(evidence)) -%}
    {%- do create_graph_table(graph_table('pairs', 0), group_pairs_sql(evidence)) -%}
    {%- do create_graph_table(graph_table('groups', 0), group_members_sql(evidence)) -%}
    {%- set rounds = join_groups(reconciled) -%}

    {% call statement('main') -%}
        {{ create_table_as(
            False, swap.intermediate, 'select record_number, group_number from ' ~ graph_table('groups', rounds)
        ) }}
    {%- endcall %}
    {%- do run_query('drop table ' ~ graph_table('pairs', rounds)) -%}
    {%- do run_query('drop table ' ~ graph_table('groups', rounds)) -%}
    {%- do run_query('drop table ' ~ evidence) -%}
    {%- do run_query('drop table ' ~ reconciled) -%}

    {{ return({'relations': finish_table_swap(swap)}) }}
{%- endmaterialization %}
