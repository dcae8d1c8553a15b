package collection

import "github.com/aerosql/aerosql/protocol"

// Expression is an expression of a path call, built by [Env.Compile].
type Expression interface{}

func selectPath(t *target, c *invocation) protocol.ResultCode {
	return protocol.ParameterError
}
