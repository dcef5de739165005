{#- Materialises groups of records from the match weights of their pairs.

The model selects (left_number, right_number, match_weight). Two groups attract each other by the mean weight over all
pairs between them, where a pair that was never compared counts with identity_uncompared_weight, plus a share of the
strongest one, without which records with many slips would never join. In each round all pairs of groups that attract
each other most are joined at once, until none attracts another: for the mean this gives what joining one pair after
the other would (Murtagh 1983, on reciprocal nearest neighbours). -#}
{% materialization agglomerated_groups, default -%}
    {%- set target_relation = this.incorporate(type='table') -%}
    {%- set existing_relation = load_cached_relation(this) -%}
    {%- set intermediate_relation = make_intermediate_relation(target_relation) -%}
    {%- set backup_relation = make_backup_relation(target_relation, (existing_relation or target_relation).type) -%}
    {%- do drop_relation_if_exists(load_cached_relation(intermediate_relation)) -%}
    {%- do drop_relation_if_exists(load_cached_relation(backup_relation)) -%}
    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}

    {%- set pairs = graph_table('pairs', 0) -%}
    {%- set groups = graph_table('groups', 0) -%}
    {%- do create_graph_table(pairs, group_pairs_sql(sql)) -%}
    {%- do create_graph_table(groups, group_members_sql(pairs)) -%}
    {%- set rounds = join_groups() -%}

    {% call statement('main') -%}
        {{ create_table_as(False, intermediate_relation, 'select * from ' ~ graph_table('groups', rounds)) }}
    {%- endcall %}
    {%- do run_query('drop table ' ~ graph_table('pairs', rounds)) -%}
    {%- do run_query('drop table ' ~ graph_table('groups', rounds)) -%}

    {%- if existing_relation is not none -%}
        {{ adapter.rename_relation(existing_relation, backup_relation) }}
    {%- endif -%}
    {{ adapter.rename_relation(intermediate_relation, target_relation) }}
    {%- do create_indexes(target_relation) -%}
    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {%- do persist_docs(target_relation, model) -%}
    {{ adapter.commit() }}
    {%- do drop_relation_if_exists(backup_relation) -%}
    {{ run_hooks(post_hooks, inside_transaction=False) }}
    {{ return({'relations': [target_relation]}) }}
{%- endmaterialization %}
