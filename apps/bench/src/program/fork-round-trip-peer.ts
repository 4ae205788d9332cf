/** The child of `fork-round-trip`: sends back what it gets. */
process.on('message', (value) => process.send?.(value));
process.send?.('ready');
