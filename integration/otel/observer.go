// Package otel creates OpenTelemetry spans and metrics for a client's commands:
//
//	cfg.Observer, err = otel.New(otel.Options{
//		TracerProvider: otel.GetTracerProvider(), // of go.opentelemetry.io/otel
//		MeterProvider:  otel.GetMeterProvider(),
//	})
//
// Each command is a span of kind client, and a value of the histogram db.client.operation.duration,
// with the names and attributes of OpenTelemetry's stable semantic conventions for databases. Each
// try on a node is an event of the span. Spans and metrics never contain keys or values of records.
// README.md lists the attributes.
package otel

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strconv"
	"sync/atomic"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/metric"
	semconv "go.opentelemetry.io/otel/semconv/v1.41.0"
	"go.opentelemetry.io/otel/semconv/v1.41.0/dbconv"
	"go.opentelemetry.io/otel/trace"
	"go.opentelemetry.io/otel/trace/noop"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/protocol"
)

const scope = "github.com/aerosql/aerosql/integration/otel"

// system is the value of db.system.name.
const system = "aerospike"

// Attributes that the conventions do not define.
const (
	attributeTries   = attribute.Key("aerospike.tries")
	attributeInDoubt = attribute.Key("aerospike.in_doubt")
	attributeNode    = attribute.Key("aerospike.node")
	attributeTry     = attribute.Key("aerospike.try")
	eventTry         = "aerospike.try"
)

// Options say where spans and metrics go.
type Options struct {
	// TracerProvider creates the tracer; nil for no spans.
	TracerProvider trace.TracerProvider
	// MeterProvider creates the histogram; nil for no metrics.
	MeterProvider metric.MeterProvider
}

// New returns an observer for cluster.Config and cluster.Client.Observe.
func New(o Options) (cluster.Observer, error) {
	if o.TracerProvider == nil {
		o.TracerProvider = noop.NewTracerProvider()
	}
	observer := observer{tracer: o.TracerProvider.Tracer(scope, trace.WithSchemaURL(semconv.SchemaURL))}
	if o.MeterProvider != nil {
		duration, err := dbconv.NewClientOperationDuration(o.MeterProvider.Meter(scope, metric.WithSchemaURL(semconv.SchemaURL)),
			metric.WithExplicitBucketBoundaries(buckets...))
		if err != nil {
			return nil, fmt.Errorf("otel: %w", err)
		}
		observer.duration = &duration
	}
	return observer, nil
}

// buckets are those that the conventions recommend, in seconds, and two for the commands of less
// than a millisecond that are usual here.
var buckets = []float64{.0001, .0005, .001, .005, .01, .05, .1, .5, 1, 5, 10}

// NewObserver returns an observer that creates only spans.
func NewObserver(provider trace.TracerProvider) cluster.Observer {
	observer, err := New(Options{TracerProvider: provider})
	if err != nil {
		panic(err) // only a MeterProvider can cause an error
	}
	return observer
}

type observer struct {
	tracer   trace.Tracer
	duration *dbconv.ClientOperationDuration // nil for no metrics
}

// stateKey is the key of a command's state in its context.
type stateKey struct{}

// A state is what the observer knows about a command between its start and its end.
type state struct {
	about []attribute.KeyValue // of both span and metrics
	node  atomic.Pointer[cluster.Node]
	mixed atomic.Bool // several nodes have been tried
}

// CommandStart starts the span.
func (o observer) CommandStart(ctx context.Context, c cluster.CommandStart) context.Context {
	s := &state{about: describe(&c)}
	ctx, span := o.tracer.Start(ctx, summary(&c), trace.WithSpanKind(trace.SpanKindClient), trace.WithTimestamp(c.Time), trace.WithAttributes(s.about...))
	if c.Rows > 1 && span.IsRecording() { // the conventions do not call a single row a batch
		span.SetAttributes(semconv.DBOperationBatchSize(c.Rows))
	}
	return context.WithValue(ctx, stateKey{}, s)
}

// summary returns the operation and its target, which is also the span's name.
func summary(c *cluster.CommandStart) string {
	switch {
	case c.Set != "":
		return c.Name + " " + c.Namespace + "." + c.Set
	case c.Namespace != "":
		return c.Name + " " + c.Namespace
	}
	return c.Name
}

// describe returns the attributes that are known at the start. Each has few different values.
func describe(c *cluster.CommandStart) []attribute.KeyValue {
	list := []attribute.KeyValue{semconv.DBSystemNameKey.String(system), semconv.DBOperationName(c.Name), semconv.DBQuerySummary(summary(c))}
	if c.Namespace != "" {
		list = append(list, semconv.DBNamespace(c.Namespace))
	}
	if c.Set != "" {
		list = append(list, semconv.DBCollectionName(c.Set))
	}
	return list
}

// CommandTry adds an event.
func (o observer) CommandTry(ctx context.Context, t cluster.CommandTry) {
	if s, ok := ctx.Value(stateKey{}).(*state); ok && t.Node != nil {
		if before := s.node.Swap(t.Node); before != nil && before != t.Node {
			s.mixed.Store(true)
		}
	}
	span := trace.SpanFromContext(ctx)
	if !span.IsRecording() {
		return
	}
	list := []attribute.KeyValue{attributeTry.Int(t.Number)}
	if t.Node != nil {
		list = append(list, attributeNode.String(t.Node.Name()))
	}
	if t.Err != nil {
		list = append(list, semconv.ErrorTypeKey.String(errorType(t.Err)))
	}
	span.AddEvent(eventTry, trace.WithTimestamp(t.Time.Add(t.Duration)), trace.WithAttributes(list...))
}

// server returns the address of the node that a command was sent to: of the last one if it was
// repeated, and nothing if its parts went to several nodes.
func (s *state) server(family cluster.CommandFamily) []attribute.KeyValue {
	node := s.node.Load()
	parts := family == cluster.FamilyBatch || family == cluster.FamilyQuery || family == cluster.FamilyInfo
	if node == nil || parts && s.mixed.Load() {
		return nil
	}
	host, port, err := net.SplitHostPort(node.Address())
	if err != nil {
		return []attribute.KeyValue{semconv.ServerAddress(node.Address())}
	}
	number, _ := strconv.Atoi(port) // the address has been dialed, so it is valid
	return []attribute.KeyValue{semconv.ServerAddress(host), semconv.ServerPort(number)}
}

// CommandEnd ends the span and records the duration. A missing record is a normal result and not an
// error.
func (o observer) CommandEnd(ctx context.Context, e cluster.CommandEnd) {
	s, ok := ctx.Value(stateKey{}).(*state)
	if !ok {
		return
	}
	outcome := append(s.server(e.Family), result(e.Err)...)
	span := trace.SpanFromContext(ctx)
	if span.IsRecording() {
		span.SetAttributes(attributeTries.Int(e.Tries))
		span.SetAttributes(outcome...)
		if e.Family == cluster.FamilyQuery {
			span.SetAttributes(semconv.DBResponseReturnedRows(int(e.Records)))
		}
		if pe, ok := errors.AsType[*protocol.Error](e.Err); ok && pe.InDoubt {
			span.SetAttributes(attributeInDoubt.Bool(true))
		}
		if isFailure(e.Err) {
			span.SetStatus(codes.Error, e.Err.Error())
		}
	}
	span.End(trace.WithTimestamp(e.Time.Add(e.Duration)))
	if o.duration != nil {
		o.duration.Record(ctx, e.Duration.Seconds(), dbconv.SystemNameAttr(system), append(s.about[1:len(s.about):len(s.about)], outcome...)...)
	}
}

func isFailure(err error) bool { return err != nil && !errors.Is(err, protocol.KeyNotFound) }

// result returns the attributes of an error.
func result(err error) (list []attribute.KeyValue) {
	if pe, ok := errors.AsType[*protocol.Error](err); ok && pe.Code != protocol.ClientError {
		list = append(list, semconv.DBResponseStatusCode(strconv.Itoa(int(pe.Code))))
	}
	if isFailure(err) {
		list = append(list, semconv.ErrorTypeKey.String(errorType(err)))
	}
	return list
}
