package admin

import (
	"context"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/wire"
)

// change sends a request that changes users or roles to one node, which passes the change on to the
// others.
func (c *Client) change(ctx context.Context, p *cluster.AdminPolicy, name string, r wire.AdminRequest) (err error) {
	defer c.about(&err, name, "", "")
	return c.native().Administer(ctx, p, r, nil)
}

// query sends a request for users or roles to one node and returns the entries of its answer.
func query[T any](ctx context.Context, c *Client, p *cluster.AdminPolicy, r wire.AdminRequest, parse func(body []byte) ([]T, protocol.ResultCode, error)) (all []T, err error) {
	err = c.native().Administer(ctx, p, r, func(body []byte) (protocol.ResultCode, error) {
		part, code, err := parse(body)
		all = append(all, part...)
		return code, err
	})
	if err != nil {
		return nil, err
	}
	return all, nil
}
