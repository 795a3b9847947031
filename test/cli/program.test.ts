import { expect, it } from 'vitest';
import { SERVICE_NAMES } from '../../src/cli/commands/serve.ts';
import { services } from '../../src/socket/services/service.ts';

it('offers exactly the services that there are', () => {
  expect([...SERVICE_NAMES].sort()).toEqual([...services.keys()].sort());
});
