{% macro graph_composed_sql(representatives, later_labels) -%}
    select
        representatives.node,
        coalesce(later_labels.representative, representatives.representative) as representative
    from {{ representatives }} as representatives
    left join {{ later_labels }} as later_labels
        on representatives.representative = later_labels.node
{%- endmacro %}
