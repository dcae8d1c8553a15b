package admin

import (
	"context"
	"encoding/base64"
	"fmt"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/cluster/internal/info"
	"github.com/aerosql/aerosql/protocol"
)

// SetXDRFilter sets the filter for records of a namespace that are shipped to a data center. filter
// is a packed filter expression, as returned by exp.Filter; a record is shipped if it is true. A
// nil filter ships all records. On a Community server the error is protocol.EnterpriseOnly.
func (c *Client) SetXDRFilter(ctx context.Context, p *cluster.InfoPolicy, datacenter, namespace string, filter []byte) (err error) {
	defer c.about(&err, "SetXDRFilter", namespace, "")
	if err := c.checkXDR(datacenter, namespace); err != nil {
		return err
	}
	text := "null"
	if filter != nil {
		text = base64.StdEncoding.EncodeToString(filter)
	}
	_, err = c.value(ctx, p, xdrCommand("xdr-set-filter", datacenter, namespace)+";exp="+text)
	return err
}

// XDRFilter returns the packed filter expression for records of a namespace that are shipped to a
// data center, or nil if all are shipped. Use exp.Parse to decode it.
func (c *Client) XDRFilter(ctx context.Context, p *cluster.InfoPolicy, datacenter, namespace string) (_ []byte, err error) {
	defer c.about(&err, "XDRFilter", namespace, "")
	if err := c.checkXDR(datacenter, namespace); err != nil {
		return nil, err
	}
	answer, err := c.value(ctx, p, xdrCommand("xdr-get-filter", datacenter, namespace)+";b64=true")
	if err != nil {
		return nil, err
	}
	text := info.ParseFields(answer, ":")["exp"]
	if text == "" || text == "null" {
		return nil, nil
	}
	filter, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return nil, clientError(fmt.Errorf("%w: XDR filter is not base64: %.80q", protocol.ErrMalformed, answer))
	}
	return filter, nil
}

func (c *Client) checkXDR(datacenter, namespace string) error {
	if datacenter == "" || !info.Safe(datacenter, namespace) {
		return configError("invalid XDR data center %q or namespace %q", datacenter, namespace)
	}
	return c.native().CheckNamespace(namespace)
}

func xdrCommand(command, datacenter, namespace string) string {
	return command + ":dc=" + datacenter + ";namespace=" + namespace
}
