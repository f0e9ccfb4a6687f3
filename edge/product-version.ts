import productPackage from '../package.json' with { type: 'json' };

/** Version of this product. */
export const productVersion: string = productPackage.version;
