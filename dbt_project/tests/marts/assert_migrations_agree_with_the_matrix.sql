-- Invariant: in each month and between each two segments, the matrix counts the customers that
-- customer_segment_migrations lists, and every cell's share is that of its segment's customers.
-- Otherwise the picture of the flows and the list behind it would tell different stories.
with migrations as (
    select
        migration_month,
        to_segment,
        coalesce(from_segment, 'none') as from_segment,
        count(*) as customers
    from {{ ref('customer_segment_migrations') }}
    group by migration_month, coalesce(from_segment, 'none'), to_segment
),

cells as (
    select
        migration_month,
        to_segment,
        customers,
        customers_before,
        coalesce(from_segment, 'none') as from_segment,
        sum(customers) over (partition by migration_month, from_segment) as customers_summed
    from {{ ref('segment_migration_matrix') }}
)

select
    cells.migration_month,
    cells.from_segment,
    cells.to_segment,
    cells.customers,
    migrations.customers as listed_customers
from cells
full outer join migrations
    on
        cells.migration_month = migrations.migration_month
        and cells.from_segment = migrations.from_segment
        and cells.to_segment = migrations.to_segment
where
    (
        cells.customers is distinct from migrations.customers
        and cells.from_segment is distinct from cells.to_segment
    )
    or cells.customers_summed <> cells.customers_before
