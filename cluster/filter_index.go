package cluster

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"

	"github.com/aerosql/aerosql/cluster/internal/info"
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
	command := info.ListIndexes(namespace, c.since(8, 1))
	list, listErr := c.infoValue(ctx, nil, command)
	if listErr != nil {
		return err
	}
	indexes, listErr := info.ParseIndexes(list)
	if listErr != nil {
		return err
	}
	var there []string
	for i := range indexes {
		if ix := &indexes[i]; isNear(ix, set, where) {
			there = append(there, fmt.Sprintf("%s (%s, %v)", ix.Name, ix.Type, ix.Collection))
		}
	}
	if len(there) == 0 {
		e.Message = fmt.Sprintf("%s has no index on %s; CreateIndex of package admin makes one", setName(namespace, set), whereName(where))
		return err
	}
	e.Err = ErrIndexType
	e.Message = fmt.Sprintf("the filter on %s looks for a value of type %v, %v; %s has %s",
		whereName(where), where.Begin.Kind(), where.Collection, setName(namespace, set), strings.Join(there, ", "))
	return err
}

// isNear reports whether the index is on the filter's bin, context or expression, or has its name,
// regardless of the index's type.
func isNear(ix *info.Index, set string, where *wire.IndexRange) bool {
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
	context, err := base64.StdEncoding.DecodeString(ix.Context)
	return err == nil && ix.Bin == where.Bin && bytes.Equal(context, where.Context)
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
