-- Grain: one row per change of a customer id that no earlier build has noted, but for forwards.
-- Worked out from the log alone, build by build: a build that failed between the log and its notes
-- is caught up with by the next one.
{% set noted_types = {'revision': dbt.type_bigint()} %}

with noted as (
    select coalesce(max(revision), 0) as revision
    from {{ rows_remembered('customer_id_changes', noted_types) }}
),

logged as (
    select max(revision) as newest_revision
    from {{ ref('identity_customers_logged') }}
),

pending as (
    select coalesce(logged.newest_revision > noted.revision, false) as is_pending
    from logged
    cross join noted
),

-- Where nothing is new, nothing of the log is read.
moves as (
    select
        revision,
        build_id,
        recorded_at,
        left_customer_id,
        joined_customer_id,
        count(*) as records,
        min(record_number) as oldest_record_number
    from {{ ref('identity_moves') }}
    where (select pending.is_pending from pending)
    group by revision, build_id, recorded_at, left_customer_id, joined_customer_id
),

gains as (
    select
        joined_customer_id as customer_id,
        revision,
        records
    from moves
    where joined_customer_id is not null
    union all
    select
        left_customer_id as customer_id,
        revision,
        -records as records
    from moves
    where left_customer_id is not null
),

balances as (
    select
        customer_id,
        revision,
        sum(records) as gained
    from gains
    group by customer_id, revision
),

sizes as (
    select
        customer_id,
        revision,
        gained,
        sum(gained) over (
            partition by customer_id order by revision asc nulls last
        ) as records_after,
        row_number() over (
            partition by customer_id order by revision asc nulls last
        ) = 1 as is_first
    from balances
),

moves_ranked as (
    select
        moves.*,
        row_number() over (
            partition by moves.left_customer_id, moves.revision
            order by
                case when moves.joined_customer_id is null then 1 else 0 end asc nulls last,
                moves.records desc nulls last,
                moves.oldest_record_number asc nulls last
        ) as size_rank,
        count(moves.left_customer_id) over (
            partition by moves.joined_customer_id, moves.revision
        ) as customers_left
    from moves
    cross join noted
    where moves.revision > noted.revision
),

judged as (
    select
        moves_ranked.*,
        joined_sizes.is_first as is_new,
        left_sizes.records_after = 0 as is_left_empty,
        joined_sizes.records_after = joined_sizes.gained as was_empty
    from moves_ranked
    left join sizes as left_sizes
        on
            moves_ranked.left_customer_id = left_sizes.customer_id
            and moves_ranked.revision = left_sizes.revision
    left join sizes as joined_sizes
        on
            moves_ranked.joined_customer_id = joined_sizes.customer_id
            and moves_ranked.revision = joined_sizes.revision
),

named as (
    select
        revision,
        build_id,
        recorded_at,
        left_customer_id as old_customer_id,
        joined_customer_id as new_customer_id,
        records,
        case
            when joined_customer_id is null and is_left_empty and size_rank = 1 then 'ended'
            when joined_customer_id is null then null
            when left_customer_id is null and customers_left > 0 then null
            when left_customer_id is null and is_new then 'created'
            when left_customer_id is null and was_empty then 'reappeared'
            when left_customer_id is null then null
            when is_left_empty and size_rank = 1 then 'merged'
            when is_new then 'split'
            when was_empty then 'reappeared'
            else 'moved'
        end as change_kind
    from judged
),

final as (
    select * from named
    where change_kind is not null
)

select * from final
