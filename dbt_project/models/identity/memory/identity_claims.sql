-- Grain: one row per customer id ever given and record that speaks for it: the records that hold it
-- or, of an id out of use, those that held it last.
-- A view over the log, and so is `identity_heirs`: kept from an earlier build they would not know
-- the newest ids, and a build of only a part of the models would give those customers new ones.
{{ config(materialized='view', post_hook=[]) }}
{% set logged_types = {
    'source_customer_key': dbt.type_string(), 'customer_id': dbt.type_string(),
    'revision': dbt.type_bigint(), 'record_number': dbt.type_bigint(), 'is_removed': 'boolean',
} %}

with logged as (
    select * from {{ rows_remembered('identity_customers_logged', logged_types) }}
),

followed as (
    select
        *,
        lead(customer_id) over (
            partition by source_customer_key order by revision asc nulls last
        ) as next_customer_id,
        lead(revision) over (
            partition by source_customer_key order by revision asc nulls last
        ) as next_revision
    from logged
),

held as (
    select
        customer_id,
        source_customer_key,
        record_number,
        is_removed,
        next_revision is null as is_held,
        coalesce(next_revision, 0) as left_revision
    from followed
    where next_revision is null or next_customer_id <> customer_id
),

last_held as (
    select
        customer_id,
        max(case when is_held then 1 else 0 end) as is_held,
        max(case when is_held and not is_removed then 1 else 0 end) as is_in_use,
        max(left_revision) as left_revision
    from held
    group by customer_id
),

born as (
    select
        customer_id,
        min(revision) as born_revision
    from logged
    group by customer_id
),

founded as (
    select
        born.customer_id,
        born.born_revision,
        min(logged.record_number) as founder_number
    from born
    inner join logged
        on born.customer_id = logged.customer_id and born.born_revision = logged.revision
    group by born.customer_id, born.born_revision
),

final as (
    select
        held.customer_id,
        held.source_customer_key,
        held.record_number,
        founded.born_revision,
        founded.founder_number,
        2 - last_held.is_held - last_held.is_in_use as standing
    from held
    inner join last_held
        on held.customer_id = last_held.customer_id
    inner join founded
        on held.customer_id = founded.customer_id
    where
        held.is_held
        or (last_held.is_held = 0 and held.left_revision = last_held.left_revision)
)

select * from final
