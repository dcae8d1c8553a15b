// Package oteltest has the tests of the OpenTelemetry adapter. They need an SDK, which the adapter
// itself does not require.
package oteltest

import (
	"context"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	sdk "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"go.opentelemetry.io/otel/trace"
	"go.uber.org/goleak"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/cluster/devserver"
	"github.com/aerosql/aerosql/integration/otel"
	"github.com/aerosql/aerosql/protocol"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// traced opens a client with an exporter that keeps its spans.
func traced(t *testing.T) (*devserver.Server, *cluster.Client, *tracetest.InMemoryExporter) {
	server, err := devserver.Start(devserver.Options{})
	require.NoError(t, err)
	spans := tracetest.NewInMemoryExporter()
	provider := sdk.NewTracerProvider(sdk.WithSyncer(spans))
	client, err := cluster.Open(t.Context(), cluster.Config{Seeds: server.Seeds(), Dial: server.Dial, Observer: otel.NewObserver(provider)})
	require.NoError(t, err)
	spans.Reset()
	t.Cleanup(func() {
		require.NoError(t, client.Close())
		require.NoError(t, server.Close())
		require.NoError(t, provider.Shutdown(context.Background()))
	})
	return server, client, spans
}

func key(i int) protocol.Key { return protocol.MustKey("test", "people", i) }

// attributes returns the attributes of a span as text.
func attributes(list []attribute.KeyValue) map[string]string {
	all := make(map[string]string)
	for _, a := range list {
		all[string(a.Key)] = a.Value.String()
	}
	return all
}

// TestSpans checks the spans of commands that succeed.
func TestSpans(t *testing.T) {
	_, client, spans := traced(t)
	bins := protocol.Bins{{Name: "secret", Value: protocol.String("value")}}
	require.NoError(t, client.Put(t.Context(), nil, key(1), bins))
	_, err := client.BatchRead(t.Context(), nil, []protocol.Key{key(1), key(2), key(3)})
	require.NoError(t, err)
	for _, err := range client.Scan(t.Context(), nil, "test", "people") {
		require.NoError(t, err)
	}
	all := spans.GetSpans()
	require.Len(t, all, 3)
	for i, want := range []map[string]string{
		{"db.operation.name": "Put", "db.query.summary": "Put test.people"},
		{"db.operation.name": "BatchRead", "db.operation.batch.size": "3"},
		{"db.operation.name": "Query", "db.response.returned_rows": "1"},
	} {
		span := all[i]
		want["db.system.name"], want["db.namespace"], want["db.collection.name"], want["aerospike.tries"] = "aerospike", "test", "people", "1"
		got := attributes(span.Attributes)
		require.NotEmpty(t, got["server.address"])
		for name, value := range want {
			require.Equal(t, value, got[name], "%s of %s", name, span.Name)
		}
		require.Equal(t, want["db.operation.name"]+" test.people", span.Name)
		require.Equal(t, trace.SpanKindClient, span.SpanKind)
		require.Equal(t, codes.Unset, span.Status.Code)
		require.False(t, span.EndTime.Before(span.StartTime))
		require.Len(t, span.Events, 1)
		require.NotContains(t, fmt.Sprint(span), "value")
	}
}

// TestFailures checks the spans of commands that fail, and of each of their tries.
func TestFailures(t *testing.T) {
	server, client, spans := traced(t)
	ctx, parent := sdk.NewTracerProvider().Tracer("test").Start(t.Context(), "parent")
	_, err := client.Get(ctx, nil, key(9))
	require.ErrorIs(t, err, protocol.KeyNotFound)
	server.Inject(devserver.Fault{On: devserver.Reads, Count: 1, Do: devserver.Refuse(protocol.DeviceOverload)})
	_, err = client.Exists(ctx, nil, key(9))
	require.NoError(t, err)
	server.Inject(devserver.Fault{On: devserver.Writes, Count: 1, Do: devserver.CutAnswer(0)})
	require.Error(t, client.Put(ctx, nil, key(1), protocol.Bins{{Name: "n", Value: protocol.Int(1)}}))
	parent.End()

	all := spans.GetSpans()
	require.Len(t, all, 3)
	absent, again, doubt := all[0], all[1], all[2]
	for _, span := range all {
		require.Equal(t, parent.SpanContext().SpanID(), span.Parent.SpanID())
	}
	require.Equal(t, codes.Unset, absent.Status.Code)
	require.Equal(t, "2", attributes(absent.Attributes)["db.response.status_code"])

	require.Equal(t, codes.Unset, again.Status.Code)
	require.Equal(t, "2", attributes(again.Attributes)["aerospike.tries"])
	require.Len(t, again.Events, 2)
	require.Equal(t, protocol.DeviceOverload.String(), attributes(again.Events[0].Attributes)["error.type"])
	require.Equal(t, protocol.KeyNotFound.String(), attributes(again.Events[1].Attributes)["error.type"])

	require.Equal(t, codes.Error, doubt.Status.Code)
	require.Equal(t, "true", attributes(doubt.Attributes)["aerospike.in_doubt"])
	require.NotEmpty(t, attributes(doubt.Attributes)["error.type"])
}
