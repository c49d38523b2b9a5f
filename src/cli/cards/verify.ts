import { say } from '../../base/say.ts'
import { isRedeemableOn } from '../../quota/card-key.ts'
import { openCardKeys } from '../../wiring/open-card-keys.ts'
import { type CliAction, CliError } from '../context.ts'
import { facts } from '../table.ts'
import { NO_KEY } from './find-card.ts'

/** Asks no database: whether the card is used or void, `cards show` knows. */
export const verifyCard = async (cli: CliAction, text: string): Promise<void> => {
  const opened = openCardKeys(cli.config).open(text)
  if (!opened.ok) throw new CliError(say(NO_KEY[opened.reason]))
  const { batch, serial, calls, days, redeemBy, keyVersion } = opened.card
  const isLate = !isRedeemableOn(opened.card, Date.now())
  cli.print(
    {
      ...{ genuine: true, batch, serial, calls, days: days ?? null, expires: redeemBy ?? null },
      ...{ tooLate: isLate, secret: keyVersion },
    },
    () => [
      say({ zh: '是真的', en: 'genuine' }),
      ...facts([
        [say({ zh: '批次', en: 'batch' }), String(batch)],
        [say({ zh: '序号', en: 'serial' }), serial],
        [say({ zh: '次数', en: 'calls' }), calls],
        [say({ zh: '天数', en: 'days' }), days],
        [
          say({ zh: '最晚兑换', en: 'expires' }),
          redeemBy && isLate
            ? say({
                zh: `${redeemBy}，已经过期，不能兑换`,
                en: `${redeemBy}, which is past: it cannot be redeemed`,
              })
            : redeemBy,
        ],
        [say({ zh: '密钥', en: 'secret' }), keyVersion === 'previous' ? 'APP_SECRET_PREVIOUS' : undefined],
      ]),
    ],
  )
}
