package tools

import (
	"context"
	"database/sql"
	"testing"

	"github.com/XSAM/otelsql"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/otel/attribute"
	sdkmetric "go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
	"go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/driver"
	"github.com/aerosql/aerosql/integration/tools/target"
)

// TestOtelsql runs statements through otelsql with traces, metrics and comments in statements.
func TestOtelsql(t *testing.T) {
	on := target.New(t)
	spans := tracetest.NewInMemoryExporter()
	tracing := trace.NewTracerProvider(trace.WithSyncer(spans))
	metrics := sdkmetric.NewManualReader()
	options := []otelsql.Option{
		otelsql.WithTracerProvider(tracing), otelsql.WithMeterProvider(sdkmetric.NewMeterProvider(sdkmetric.WithReader(metrics))),
		otelsql.WithSQLCommenter(true), otelsql.WithSpanOptions(otelsql.SpanOptions{Ping: true, RowsNext: true}), otelsql.WithAttributes(attribute.String("db.system.name", "aerospike")),
	}
	name, err := otelsql.Register(driver.Name, options...)
	require.NoError(t, err)
	db, err := sql.Open(name, on.DSN(""))
	require.NoError(t, err)
	defer db.Close()
	stats, err := otelsql.RegisterDBStatsMetrics(db, options...)
	require.NoError(t, err)
	defer func() { require.NoError(t, stats.Unregister()) }()

	ctx, root := tracing.Tracer("test").Start(t.Context(), "root")
	require.NoError(t, db.PingContext(ctx))
	table := filled(t, on, db)
	var p person
	require.NoError(t, db.QueryRowContext(ctx, "SELECT * FROM "+table+" WHERE id = ?", 1).
		Scan(&p.ID, &p.Name, &p.Age, &p.Score, &p.Active, &p.Born, &p.Price, &p.Data, &p.Tags, &p.Attrs))
	require.Equal(t, ada, p)
	stmt, err := db.PrepareContext(ctx, "SELECT id FROM "+table+" WHERE id IN (?) AND tags CONTAINS ?")
	require.NoError(t, err)
	defer stmt.Close()
	require.NoError(t, stmt.QueryRowContext(ctx, []int{1, 2}, "math").Scan(&p.ID))
	_, err = db.BeginTx(ctx, nil)
	require.ErrorIs(t, err, driver.ErrNoTransactions)
	rows, err := db.QueryContext(ctx, "SELECT 1 AS a; SELECT born FROM "+table+" ORDER BY born")
	require.NoError(t, err)
	require.True(t, rows.NextResultSet())
	types, err := rows.ColumnTypes()
	require.NoError(t, err)
	require.Equal(t, "TIMESTAMP", types[0].DatabaseTypeName())
	require.NoError(t, rows.Close())

	conn, err := db.Conn(ctx)
	require.NoError(t, err)
	require.NoError(t, driver.FromConn(conn, func(client *cluster.Client) error { return client.Ping(ctx) }))
	require.NoError(t, conn.Close())
	root.End()

	seen := make(map[string]bool)
	for _, span := range spans.GetSpans() {
		seen[span.Name] = true
	}
	for _, want := range []string{"sql.connector.connect", "sql.conn.ping", "sql.conn.exec", "sql.conn.query", "sql.conn.prepare", "sql.stmt.query", "sql.rows"} {
		require.True(t, seen[want], "%s in %v", want, seen)
	}
	var data metricdata.ResourceMetrics
	require.NoError(t, metrics.Collect(context.Background(), &data))
	measured := make(map[string]bool)
	for _, scope := range data.ScopeMetrics {
		for _, m := range scope.Metrics {
			measured[m.Name] = true
		}
	}
	require.Contains(t, measured, "db.sql.connection.open")
	require.Contains(t, measured, "db.client.operation.duration")
}
