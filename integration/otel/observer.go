// Package otel creates OpenTelemetry spans for a client's commands:
//
//	cfg.Observer = otel.NewObserver(otel.GetTracerProvider())
//
// Each command is a span of kind client, with the names and attributes of OpenTelemetry's semantic
// conventions for databases. Each try on a node is an event of the span. Spans never contain keys
// or values of records.
package otel

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strconv"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	semconv "go.opentelemetry.io/otel/semconv/v1.41.0"
	"go.opentelemetry.io/otel/trace"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/protocol"
)

const scope = "github.com/aerosql/aerosql/integration/otel"

// Attributes that the conventions do not define.
const (
	attributeTries   = attribute.Key("aerospike.tries")
	attributeInDoubt = attribute.Key("aerospike.in_doubt")
	attributeNode    = attribute.Key("aerospike.node")
	attributeTry     = attribute.Key("aerospike.try")
	eventTry         = "aerospike.try"
)

// NewObserver returns an observer for cluster.Config that creates spans with the provider.
func NewObserver(provider trace.TracerProvider) cluster.Observer {
	return observer{provider.Tracer(scope)}
}

type observer struct{ tracer trace.Tracer }

// CommandStart starts the span.
func (o observer) CommandStart(ctx context.Context, c cluster.CommandStart) context.Context {
	ctx, _ = o.tracer.Start(ctx, spanName(&c), trace.WithSpanKind(trace.SpanKindClient), trace.WithTimestamp(c.Time), trace.WithAttributes(describe(&c)...))
	return ctx
}

// spanName returns the operation and its target.
func spanName(c *cluster.CommandStart) string {
	switch {
	case c.Set != "":
		return c.Name + " " + c.Namespace + "." + c.Set
	case c.Namespace != "":
		return c.Name + " " + c.Namespace
	}
	return c.Name
}

func describe(c *cluster.CommandStart) []attribute.KeyValue {
	list := []attribute.KeyValue{semconv.DBSystemNameKey.String("aerospike"), semconv.DBOperationName(c.Name)}
	if c.Namespace != "" {
		list = append(list, semconv.DBNamespace(c.Namespace))
	}
	if c.Set != "" {
		list = append(list, semconv.DBCollectionName(c.Set))
	}
	if c.Rows > 1 { // the conventions do not call a single row a batch
		list = append(list, semconv.DBOperationBatchSize(c.Rows))
	}
	return list
}

// CommandTry adds an event, and sets the span's server address to the last node tried.
func (o observer) CommandTry(ctx context.Context, t cluster.CommandTry) {
	span := trace.SpanFromContext(ctx)
	if !span.IsRecording() {
		return
	}
	list := []attribute.KeyValue{attributeTry.Int(t.Number)}
	if t.Node != nil {
		list = append(list, attributeNode.String(t.Node.Name()))
		span.SetAttributes(server(t.Node.Address())...)
	}
	if t.Err != nil {
		list = append(list, semconv.ErrorTypeKey.String(errorType(t.Err)))
	}
	span.AddEvent(eventTry, trace.WithTimestamp(t.Time.Add(t.Duration)), trace.WithAttributes(list...))
}

func server(address string) []attribute.KeyValue {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return []attribute.KeyValue{semconv.ServerAddress(address)}
	}
	number, _ := strconv.Atoi(port) // the address has been dialed, so it is valid
	return []attribute.KeyValue{semconv.ServerAddress(host), semconv.ServerPort(number)}
}

// CommandEnd ends the span. A missing record is a normal result and not an error of the span.
func (o observer) CommandEnd(ctx context.Context, e cluster.CommandEnd) {
	span := trace.SpanFromContext(ctx)
	span.SetAttributes(attributeTries.Int(e.Tries))
	if e.Family == cluster.FamilyQuery {
		span.SetAttributes(semconv.DBResponseReturnedRows(int(e.Records)))
	}
	if pe, ok := errors.AsType[*protocol.Error](e.Err); ok {
		if pe.Code != protocol.ClientError {
			span.SetAttributes(semconv.DBResponseStatusCode(strconv.Itoa(int(pe.Code))))
		}
		if pe.InDoubt {
			span.SetAttributes(attributeInDoubt.Bool(true))
		}
	}
	if e.Err != nil && !errors.Is(e.Err, protocol.KeyNotFound) {
		span.SetAttributes(semconv.ErrorTypeKey.String(errorType(e.Err)))
		span.SetStatus(codes.Error, e.Err.Error())
	}
	span.End(trace.WithTimestamp(e.Time.Add(e.Duration)))
}

// errorType returns a value of low cardinality: the server's result code, the client-side cause, or
// the error's type.
func errorType(err error) string {
	if pe, ok := errors.AsType[*protocol.Error](err); ok && pe.Code != protocol.ClientError {
		return pe.Code.String()
	}
	if code, ok := errors.AsType[protocol.ResultCode](err); ok && code != protocol.ClientError {
		return code.String()
	}
	for _, c := range causes {
		if errors.Is(err, c.err) {
			return c.name
		}
	}
	return fmt.Sprintf("%T", err)
}

// causes are the reasons for which a command ends on the client's side, most specific first.
var causes = []struct {
	err  error
	name string
}{
	{context.Canceled, "canceled"},
	{context.DeadlineExceeded, "deadline_exceeded"},
	{cluster.ErrTimeout, "timeout"},
	{cluster.ErrNodeBackoff, "node_backoff"},
	{cluster.ErrNoNode, "no_node"},
	{cluster.ErrConnect, "connect"},
	{cluster.ErrClosed, "closed"},
}
