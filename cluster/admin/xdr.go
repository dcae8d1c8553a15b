package admin

import (
	"context"
	"encoding/base64"
	"fmt"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/cluster/internal/info"
	"github.com/aerosql/aerosql/protocol"
)

// SetXDRFilter sets which records of a namespace are shipped to a data center: those for which the
// packed filter expression, from exp.Filter, is true, or with nil all. A Community server refuses
// it with protocol.EnterpriseOnly.
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

// XDRFilter returns the packed filter expression that decides which records of a namespace are
// shipped to a data center, nil if all are. exp.Parse reads it.
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
		return nil, clientError(fmt.Errorf("%w: an XDR filter that is not base64: %.80q", protocol.ErrMalformed, answer))
	}
	return filter, nil
}

func (c *Client) checkXDR(datacenter, namespace string) error {
	if datacenter == "" || !info.Safe(datacenter, namespace) {
		return configError("a data center named %q and a namespace named %q", datacenter, namespace)
	}
	return c.native().CheckNamespace(namespace)
}

func xdrCommand(command, datacenter, namespace string) string {
	return command + ":dc=" + datacenter + ";namespace=" + namespace
}
