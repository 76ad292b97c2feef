import { IntegerParameter } from '../parameters/parameter-kinds.js';

export class GetTokenRequest {
  @IntegerParameter({ minimum: 1, description: 'The id of the token.', examples: [67890] })
  id?: number;
}
