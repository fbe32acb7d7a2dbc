// Table of the remote processors that have this DSP's services: in which of Qualcomm's kernels' nodes, and by which
// packets they are asked.

/** APR, or GPR of AudioReach. */
export type Router = 'apr' | 'gpr';

/** By compatible of the remoteproc node. On msm8916 and msm8939 the services are the modem's. */
export const SOCS: Readonly<Record<string, Router>> = {
  'qcom,msm8916-mss-pil': 'apr',
  'qcom,msm8953-adsp-pil': 'apr',
  'qcom,msm8996-adsp-pil': 'apr',
  'qcom,msm8998-adsp-pas': 'apr',
  'qcom,sdm660-adsp-pas': 'apr',
  'qcom,sdm845-adsp-pas': 'apr',
  'qcom,sc7180-adsp-pas': 'apr',
  'qcom,sc7280-adsp-pas': 'apr',
  'qcom,sm8150-adsp-pas': 'apr',
  'qcom,sm8250-adsp-pas': 'apr',
  'qcom,sm8350-adsp-pas': 'apr',
  'qcom,sc8280xp-adsp-pas': 'gpr',
  'qcom,sm8450-adsp-pas': 'gpr',
  'qcom,sm8550-adsp-pas': 'gpr',
  'qcom,sm8650-adsp-pas': 'gpr',
  'qcom,x1e80100-adsp-pas': 'gpr',
};

/** The channel in which each router's packets go. */
export const CHANNELS: Readonly<Record<Router, string>> = { apr: 'apr_audio_svc', gpr: 'adsp_apps' };
