{% macro joined_members_sql(groups, joins) -%}
    select
        groups.component_key,
        groups.record_number,
        coalesce(joins.kept_group, groups.group_number) as group_number,
        groups.birth_day
    from {{ groups }} as groups
    left join {{ joins }} as joins
        on groups.group_number = joins.joined_group and not joins.is_forbidden
{%- endmacro %}
