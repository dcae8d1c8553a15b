package cluster

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/wire"
)

// ErrIndexType means that the index of a query's filter exists, but has another type or collection
// form than the filter's value. The error's code is protocol.IndexNotFound, and its message lists
// the existing indexes.
var ErrIndexType = errors.New("the index has another type")

// explainIndex adds to an IndexNotFound error which indexes the namespace has instead. The server
// returns the same code for a wrong name, a wrong type and a wrong collection form.
func (c *Client) explainIndex(ctx context.Context, namespace, set string, where *wire.IndexRange, err error) error {
	e, ok := errors.AsType[*protocol.Error](err)
	if !ok || e.Code != protocol.IndexNotFound || where == nil {
		return err
	}
	indexes, listErr := c.Indexes(ctx, nil, namespace)
	if listErr != nil {
		return err
	}
	indexes = slices.DeleteFunc(indexes, func(ix IndexInfo) bool { return !ix.near(set, where) })
	if len(indexes) == 0 {
		e.Message = fmt.Sprintf("%s has no index on %s; CreateIndex makes one", setName(namespace, set), whereName(where))
		return err
	}
	var there []string
	for _, ix := range indexes {
		there = append(there, fmt.Sprintf("%s (%s, %v)", ix.Name, ix.Type.wireName(), ix.Collection))
	}
	e.Err = ErrIndexType
	e.Message = fmt.Sprintf("the filter on %s looks for a value of type %v, %v; %s has %s",
		whereName(where), where.Begin.Kind(), where.Collection, setName(namespace, set), strings.Join(there, ", "))
	return err
}

// near reports whether the index is on the filter's bin, context or expression, or has its name,
// regardless of the index's type.
func (ix *IndexInfo) near(set string, where *wire.IndexRange) bool {
	if ix.OfSet {
		return false
	}
	switch {
	case where.Name != "":
		return ix.Name == where.Name
	case ix.Set != set:
		return false
	case where.Expression != nil:
		return bytes.Equal(ix.Expression, where.Expression)
	}
	var context []byte
	if len(ix.Context) > 0 {
		// The context was parsed, so it can be packed.
		context, _ = ix.Context.AppendTo(nil)
	}
	return ix.Bin == where.Bin && bytes.Equal(context, where.Context)
}

func setName(namespace, set string) string {
	if set == "" {
		return "namespace " + namespace
	}
	return namespace + "." + set
}

func whereName(where *wire.IndexRange) string {
	switch {
	case where.Name != "":
		return fmt.Sprintf("%q", where.Name)
	case where.Expression != nil:
		return "this expression"
	case where.Context != nil:
		return "bin " + where.Bin + " with this context"
	}
	return "bin " + where.Bin
}
