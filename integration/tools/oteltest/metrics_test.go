package oteltest

import (
	"context"
	"database/sql"
	sqldriver "database/sql/driver"
	"testing"

	"github.com/XSAM/otelsql"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/otel/attribute"
	sdkmetric "go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
	sdk "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/cluster/devserver"
	"github.com/aerosql/aerosql/driver"
	"github.com/aerosql/aerosql/integration/otel"
	"github.com/aerosql/aerosql/integration/tools/target"
	"github.com/aerosql/aerosql/protocol"
)

// TestMetrics checks the histogram of durations: one value for each command, by its attributes.
func TestMetrics(t *testing.T) {
	server, err := devserver.Start(devserver.Options{Nodes: 3})
	require.NoError(t, err)
	reader := sdkmetric.NewManualReader()
	observer, err := otel.New(otel.Options{MeterProvider: sdkmetric.NewMeterProvider(sdkmetric.WithReader(reader))})
	require.NoError(t, err)
	client, err := cluster.Open(t.Context(), cluster.Config{Seeds: server.Seeds(), Dial: server.Dial, Observer: observer})
	require.NoError(t, err)
	defer func() {
		require.NoError(t, client.Close())
		require.NoError(t, server.Close())
	}()
	bins := protocol.Bins{{Name: "n", Value: protocol.Int(1)}}
	var keys []protocol.Key
	for i := range 30 {
		keys = append(keys, key(i))
		require.NoError(t, client.Put(t.Context(), nil, key(i), bins))
	}
	_, err = client.BatchRead(t.Context(), nil, keys)
	require.NoError(t, err)
	require.ErrorIs(t, client.Put(t.Context(), &cluster.WritePolicy{Exists: cluster.CreateOnly}, key(1), bins), protocol.KeyExists)
	_, err = client.Get(t.Context(), nil, key(99))
	require.ErrorIs(t, err, protocol.KeyNotFound)

	var data metricdata.ResourceMetrics
	require.NoError(t, reader.Collect(context.Background(), &data))
	require.Len(t, data.ScopeMetrics, 1)
	require.Len(t, data.ScopeMetrics[0].Metrics, 1)
	m := data.ScopeMetrics[0].Metrics[0]
	require.Equal(t, "db.client.operation.duration", m.Name)
	require.Equal(t, "s", m.Unit)
	counts := make(map[string]uint64)
	for _, point := range m.Data.(metricdata.Histogram[float64]).DataPoints {
		all := attributes(point.Attributes.ToSlice())
		require.Equal(t, "aerospike", all["db.system.name"])
		if all["db.operation.name"] == "Info" {
			continue // of connecting
		}
		require.Equal(t, "test", all["db.namespace"])
		require.Equal(t, "people", all["db.collection.name"])
		require.Equal(t, all["db.operation.name"] == "BatchRead", all["server.address"] == "", "a batch on several nodes has no server: %v", all)
		counts[all["db.operation.name"]+" "+all["db.response.status_code"]+" "+all["error.type"]] += point.Count
	}
	require.Equal(t, map[string]uint64{"Put  ": 30, "BatchRead  ": 1, "Put 5 " + protocol.KeyExists.String(): 1, "Get 2 ": 1}, counts)
}

func TestStatementAttributes(t *testing.T) {
	for text, want := range map[string]map[string]string{
		"SELECT * FROM users WHERE id = 'secret'":                {"db.operation.name": "SELECT", "db.query.summary": "SELECT users", "db.collection.name": "users"},
		"SELECT 1 FROM a JOIN test.b ON a.x = b.x":               {"db.operation.name": "SELECT", "db.query.summary": "SELECT a b"},
		"(SELECT x FROM a) UNION SELECT y FROM c":                {"db.operation.name": "SELECT", "db.query.summary": "SELECT a c"},
		"insert into t (PK) select PK from u":                    {"db.operation.name": "INSERT", "db.query.summary": "INSERT t u"},
		"UPSERT INTO t (PK, n) VALUES (1, 'secret')":             {"db.operation.name": "UPSERT", "db.query.summary": "UPSERT t", "db.collection.name": "t"},
		"UPDATE t SET n = 1; UPDATE t SET n = 2":                 {"db.operation.name": "UPDATE", "db.query.summary": "UPDATE t; UPDATE t", "db.collection.name": "t"},
		"DELETE FROM t WHERE EXISTS (SELECT * FROM u); SELECT 1": {"db.query.summary": "DELETE t u; SELECT"},
		"CREATE INDEX i ON t (n)":                                {"db.operation.name": "CREATE INDEX", "db.query.summary": "CREATE INDEX t", "db.collection.name": "t"},
		"SELEC 'secret'":                                         {},
		"":                                                       {},
	} {
		want["db.system.name"] = "aerospike"
		require.Equal(t, want, attributes(otel.StatementAttributes(text)), text)
	}
}

// TestTogether traces statements with otelsql and their commands with the observer: the commands
// are children of the statements.
func TestTogether(t *testing.T) {
	on := target.New(t)
	table := on.Name(t)
	spans := tracetest.NewInMemoryExporter()
	provider := sdk.NewTracerProvider(sdk.WithSyncer(spans))
	cfg, err := driver.ParseDSN(on.DSN(""))
	require.NoError(t, err)
	client, err := cluster.Open(t.Context(), cluster.Config{Seeds: on.Seeds, Observer: otel.NewObserver(provider)})
	require.NoError(t, err)
	connector := driver.NewClientConnector(client, cfg)
	db := otelsql.OpenDB(connector, otelsql.WithTracerProvider(provider), otelsql.WithAttributesGetter(
		func(_ context.Context, _ otelsql.Method, query string, _ []sqldriver.NamedValue) []attribute.KeyValue {
			return otel.StatementAttributes(query)
		}))
	defer func() {
		require.NoError(t, db.Close())
		require.NoError(t, client.Close())
	}()
	ctx, root := provider.Tracer("test").Start(t.Context(), "root")
	_, err = db.ExecContext(ctx, "UPSERT INTO "+table+" (PK, n) VALUES ('secret', 1)")
	require.NoError(t, err)
	var n int
	require.ErrorIs(t, db.QueryRowContext(ctx, "SELECT n FROM "+table+" WHERE PK = 'other secret'").Scan(&n), sql.ErrNoRows)
	root.End()

	statements := make(map[string]string)
	commands := 0
	for _, span := range spans.GetSpans() {
		all := attributes(span.Attributes)
		if summary := all["db.query.summary"]; summary == "UPSERT "+table || summary == "SELECT "+table {
			statements[span.SpanContext.SpanID().String()] = summary
		}
		require.NotContains(t, all["db.query.summary"], "secret")
	}
	for _, span := range spans.GetSpans() {
		if statements[span.Parent.SpanID().String()] != "" && attributes(span.Attributes)["db.collection.name"] == table {
			commands++
		}
	}
	require.GreaterOrEqual(t, len(statements), 2)
	require.GreaterOrEqual(t, commands, 2)
}
