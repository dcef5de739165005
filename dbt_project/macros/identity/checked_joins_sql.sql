{% macro checked_joins_sql(joins, groups, reconciled) -%}
    with days as (
        select distinct
            component_key,
            group_number,
            birth_day
        from {{ groups }}
        where birth_day is not null
    ),

    conflicts as (
        select distinct
            joins.kept_group,
            joins.joined_group
        from {{ joins }} as joins
        inner join days as kept_days
            on joins.kept_group = kept_days.group_number
        inner join days as joined_days
            on joins.joined_group = joined_days.group_number
        left join {{ reconciled }} as reconciled
            on
                kept_days.component_key = reconciled.component_key
                and least(kept_days.birth_day, joined_days.birth_day) = reconciled.earlier_day
                and greatest(kept_days.birth_day, joined_days.birth_day) = reconciled.later_day
        where
            reconciled.component_key is null
            and joins.attraction < {{ var('identity_overruling_weight') }}
            and {{ birth_dates_conflict('kept_days', 'joined_days') }}
    )

    select
        joins.kept_group,
        joins.joined_group,
        conflicts.kept_group is not null as is_forbidden
    from {{ joins }} as joins
    left join conflicts
        on joins.kept_group = conflicts.kept_group and joins.joined_group = conflicts.joined_group
{%- endmacro %}
