// After each test its machines are powered off and searched for leaks. Files share their modules: a hook in one of them
// would be a hook of the first file alone.
import { afterEach } from 'vitest';
import { powerOffBenches } from './bench.js';
import { powerOffStockBoards } from './stock-board.js';

afterEach(powerOffBenches);
afterEach(powerOffStockBoards);
